package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

// controlPlane is etcd, the API server and the controller manager. Its methods are for the main
// goroutine only.
type controlPlane struct {
	bin                  string
	data                 folder
	etcdPort, serverPort int
	server               string
	probe                *http.Client

	etcd, apiServer, manager *process
	// deaths carries every process that ended, also those that were told to.
	deaths chan *process
}

// description is the line that says the control plane is ready. All paths are absolute.
type description struct {
	Kubeconfig string         `json:"kubeconfig"`
	Server     string         `json:"server"`
	CAFile     string         `json:"ca_file"`
	AuditLog   string         `json:"audit_log"`
	Bin        string         `json:"bin"`
	Data       string         `json:"data"`
	PIDs       map[string]int `json:"pids"`
}

// newControlPlane makes the data folder with all secrets; nothing runs yet.
func newControlPlane(bin, data string) (*controlPlane, error) {
	// Room for the three and a few restarts between two looks.
	plane := &controlPlane{deaths: make(chan *process, 16)}
	var err error
	if plane.bin, err = filepath.Abs(bin); err != nil {
		return nil, fmt.Errorf("cannot find the programs in %s: %w", bin, err)
	}
	if plane.data, err = newFolder(data); err != nil {
		return nil, err
	}
	if plane.etcdPort, err = freePort(); err != nil {
		return nil, err
	}
	if plane.serverPort, err = freePort(plane.etcdPort); err != nil {
		return nil, err
	}
	plane.server = fmt.Sprintf("https://127.0.0.1:%d", plane.serverPort)
	if err := plane.data.writeSecrets(plane.server); err != nil {
		return nil, err
	}
	// Before the first request there is no audit log; readers may rely on the file.
	if err := plane.data.write(nil, "audit.log"); err != nil {
		return nil, err
	}
	plane.probe, err = newProbe(plane.data)
	return plane, err
}

// start returns when the API server is ready and the controller manager has begun its work,
// which the service account of the namespace "default" proves.
func (c *controlPlane) start(ctx context.Context) error {
	var err error
	if c.etcd, err = c.launch("etcd", etcdArguments(c.data, c.etcdPort)); err != nil {
		return err
	}
	// It waits for etcd by itself.
	if err := c.startAPIServer(ctx); err != nil {
		return err
	}
	// It would give up on a server that is not up within ten seconds, hence after it.
	if c.manager, err = c.launch("kube-controller-manager", controllerManagerArguments(c.data)); err != nil {
		return err
	}
	return awaitOK(ctx, c.probe, c.server+"/api/v1/namespaces/default/serviceaccounts/default", c.manager)
}

// end stops what runs: etcd last, since the API server writes until its end.
func (c *controlPlane) end() {
	var both sync.WaitGroup
	for _, client := range []*process{c.manager, c.apiServer} {
		if client != nil {
			both.Go(client.end)
		}
	}
	both.Wait()
	if c.etcd != nil {
		c.etcd.end()
	}
}

func (c *controlPlane) startAPIServer(ctx context.Context) error {
	if c.apiServer != nil {
		return errors.New("the API server runs already")
	}
	var err error
	if c.apiServer, err = c.launch("kube-apiserver", apiServerArguments(c.data, c.serverPort, c.etcdPort)); err != nil {
		return err
	}
	return awaitOK(ctx, c.probe, c.server+"/readyz", c.apiServer)
}

func (c *controlPlane) stopAPIServer() error {
	if c.apiServer == nil {
		return errors.New("the API server is stopped already")
	}
	c.apiServer.end()
	c.apiServer = nil
	return nil
}

func (c *controlPlane) launch(name string, arguments []string) (*process, error) {
	return startProcess(filepath.Join(c.bin, name), name, c.data.path("logs", name+".log"), arguments, c.deaths)
}

// explainDeath is nil for a process that was stopped by a command.
func (c *controlPlane) explainDeath(ended *process) error {
	if ended != c.etcd && ended != c.apiServer && ended != c.manager {
		return nil
	}
	return ended.died()
}

func (c *controlPlane) describe() description {
	return description{
		Kubeconfig: c.data.path("admin.kubeconfig"),
		Server:     c.server,
		CAFile:     c.data.path("pki", "ca.crt"),
		AuditLog:   c.data.path("audit.log"),
		Bin:        c.bin,
		Data:       c.data.path(),
		PIDs: map[string]int{
			"launcher":                os.Getpid(),
			"etcd":                    c.etcd.pid(),
			"kube-apiserver":          c.apiServer.pid(),
			"kube-controller-manager": c.manager.pid(),
		},
	}
}
