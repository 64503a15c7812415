package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestADataFolderInUseIsRefusedAndLeftAsItIs(t *testing.T) {
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "precious"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := newFolder(used)
	if err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("the error is %v", err)
	}
	entries, err := os.ReadDir(used)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v now (%v)", entries, err)
	}
}

func TestSecretsAreForTheirOwnerOnlyAndNeverTheSame(t *testing.T) {
	var keys [2]string
	for run := range keys {
		data, err := newFolder(filepath.Join(t.TempDir(), "new"))
		if err != nil {
			t.Fatal(err)
		}
		if err := data.writeSecrets("https://127.0.0.1:1"); err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(data.path(), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			information, err := entry.Info()
			if err == nil && information.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s is readable by others: %v", path, information.Mode())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(data.path("pki", "service-account.key"))
		if err != nil {
			t.Fatal(err)
		}
		keys[run] = string(key)
	}
	if keys[0] == keys[1] {
		t.Error("two starts share a key")
	}
}
