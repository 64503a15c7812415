package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is the data folder of one control plane, readable by its owner only.
type folder string

// newFolder makes the data folder. One in use is refused: its etcd would hold objects signed by
// keys that are gone.
func newFolder(path string) (folder, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("cannot find the data folder %s: %w", path, err)
	}
	entries, err := os.ReadDir(absolute)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read the data folder: %w", err)
	}
	if len(entries) > 0 {
		return "", fmt.Errorf("the data folder %s is not empty: give a new one, a control plane always starts without objects", absolute)
	}
	for _, name := range []string{"pki", "logs", "etcd"} {
		if err := os.MkdirAll(filepath.Join(absolute, name), 0o700); err != nil {
			return "", fmt.Errorf("cannot make the data folder: %w", err)
		}
	}
	return folder(absolute), nil
}

func (f folder) path(elements ...string) string {
	return filepath.Join(append([]string{string(f)}, elements...)...)
}

func (f folder) write(content []byte, elements ...string) error {
	if err := os.WriteFile(f.path(elements...), content, 0o600); err != nil {
		return fmt.Errorf("cannot write into the data folder: %w", err)
	}
	return nil
}

// writePair writes pki/NAME.crt and pki/NAME.key.
func (f folder) writePair(name string, issued pair) error {
	return errors.Join(f.write(issued.certificate, "pki", name+".crt"), f.write(issued.key, "pki", name+".key"))
}
