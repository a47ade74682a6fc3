package main

import (
	"bytes"
	"embed"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/yaml"
)

// The folder config of KServe's module.
//
//go:embed all:config
var shipped embed.FS

// documents returns, as JSON, each YAML document below a folder of what KServe installs.
func documents(folder string) ([][]byte, error) {
	var found [][]byte
	err := fs.WalkDir(shipped, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isInstalled(name) {
			return err
		}
		content, err := shipped.ReadFile(name)
		if err != nil {
			return err
		}
		for _, text := range bytes.Split(content, []byte("\n---")) {
			document, err := yaml.YAMLToJSON(text)
			if err != nil {
				return err
			}
			found = append(found, document)
		}
		return nil
	})
	return found, err
}

// isInstalled tells objects from kustomize's files, and from objects that no kustomization lists.
func isInstalled(name string) bool {
	content, err := shipped.ReadFile(path.Join(path.Dir(name), "kustomization.yaml"))
	if err != nil || path.Base(name) == "kustomization.yaml" {
		return false
	}
	var listed struct {
		Resources []string `json:"resources"`
	}
	if err := yaml.Unmarshal(content, &listed); err != nil {
		return false
	}
	for _, resource := range listed.Resources {
		if strings.TrimPrefix(resource, "./") == path.Base(name) {
			return true
		}
	}
	return false
}
