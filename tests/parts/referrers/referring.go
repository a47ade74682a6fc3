package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// What the specification takes from a manifest for its entry in the list of referrers.
type referrer struct {
	ArtifactType string            `json:"artifactType"`
	Annotations  map[string]string `json:"annotations"`
	Config       v1.Descriptor     `json:"config"`
	Subject      *v1.Descriptor    `json:"subject"`
}

func (r referrer) artifactType() string {
	if r.ArtifactType != "" {
		return r.ArtifactType
	}
	return string(r.Config.MediaType)
}

var list = regexp.MustCompile(`^(/v2/.+)/referrers/[^/]+$`)

// Adds what go-containerregistry's answers lack: a manifest's artifactType and annotations, the filter, and OCI-Subject,
// which tells a client that it doesn't have to write the fallback tag.
func referring(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, asked *http.Request) {
		found := list.FindStringSubmatch(asked.URL.Path)
		switch {
		case found != nil && asked.Method == http.MethodGet:
			answerList(answer, asked, inner, found[1])
		case asked.Method == http.MethodPut && strings.Contains(asked.URL.Path, "/manifests/"):
			nameSubject(answer, asked)
			inner.ServeHTTP(answer, asked)
		default:
			inner.ServeHTTP(answer, asked)
		}
	})
}

func nameSubject(answer http.ResponseWriter, asked *http.Request) {
	body, _ := io.ReadAll(asked.Body)
	asked.Body = io.NopCloser(bytes.NewReader(body))
	var manifest referrer
	if json.Unmarshal(body, &manifest) == nil && manifest.Subject != nil {
		answer.Header().Set("OCI-Subject", manifest.Subject.Digest.String())
	}
}

func answerList(answer http.ResponseWriter, asked *http.Request, inner http.Handler, repository string) {
	recorded := httptest.NewRecorder()
	inner.ServeHTTP(recorded, asked)
	var index v1.IndexManifest
	if recorded.Code != http.StatusOK || json.Unmarshal(recorded.Body.Bytes(), &index) != nil {
		answer.WriteHeader(recorded.Code)
		_, _ = answer.Write(recorded.Body.Bytes())
		return
	}
	for place := range index.Manifests {
		describe(&index.Manifests[place], inner, repository)
	}
	slices.SortFunc(index.Manifests, func(one, other v1.Descriptor) int {
		return strings.Compare(one.Digest.String(), other.Digest.String())
	})
	if wanted := asked.URL.Query().Get("artifactType"); wanted != "" {
		index.Manifests = slices.DeleteFunc(index.Manifests, func(entry v1.Descriptor) bool { return entry.ArtifactType != wanted })
		answer.Header().Set("OCI-Filters-Applied", "artifactType")
	}
	answer.Header().Set("Content-Type", string(index.MediaType))
	_ = json.NewEncoder(answer).Encode(index)
}

func describe(entry *v1.Descriptor, inner http.Handler, repository string) {
	recorded := httptest.NewRecorder()
	inner.ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, repository+"/manifests/"+entry.Digest.String(), nil))
	var manifest referrer
	_ = json.Unmarshal(recorded.Body.Bytes(), &manifest)
	entry.ArtifactType, entry.Annotations = manifest.artifactType(), manifest.Annotations
}
