package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// modes are the default deployment modes that a cluster may have: the first is KServe's own.
var modes = []string{"", "Standard", "RawDeployment"}

const modeAnnotation = "serving.kserve.io/deploymentMode"

// server is an API server with KServe's CRDs and webhooks.
type server struct {
	kinds    map[schema.GroupVersionKind]*kind
	cluster  *cluster
	webhooks *webhooks
}

func newServer() (*server, error) {
	found, err := kinds()
	if err != nil {
		return nil, err
	}
	cluster, err := newCluster()
	if err != nil {
		return nil, err
	}
	webhooks, err := newWebhooks(cluster)
	return &server{found, cluster, webhooks}, err
}

// createAll creates objects one after another, and forgets them.
func (s *server) createAll(objects []json.RawMessage) []Verdict {
	defer s.cluster.reset()
	verdicts := []Verdict{}
	for _, raw := range objects {
		s.cluster.addNodeGroups(raw)
		verdict, admitted := s.create(raw, modes[0])
		if verdict.Allowed {
			s.cluster.add(admitted)
		}
		verdict.Varies = s.varies(raw, verdict)
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

// varies says whether a cluster's default deployment mode makes a difference.
func (s *server) varies(raw json.RawMessage, verdict Verdict) bool {
	var object struct {
		Kind     string
		Metadata struct{ Annotations map[string]any }
	}
	if json.Unmarshal(raw, &object) != nil || object.Kind != "InferenceService" {
		return false
	}
	if _, said := object.Metadata.Annotations[modeAnnotation]; said {
		return false
	}
	for _, mode := range modes[1:] {
		if other, _ := s.create(raw, mode); other.Allowed != verdict.Allowed {
			return true
		}
	}
	return false
}

// read reads an object twice: kubectl writes numbers anew, 1.0 as 1.
func read(raw json.RawMessage) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(raw, &object.Object); err != nil {
		return nil, err
	}
	sent, err := json.Marshal(object.Object)
	if err != nil {
		return nil, err
	}
	object.Object = nil
	return object, utiljson.Unmarshal(sent, &object.Object)
}

// create answers as the API server answers POST, and returns the object as it would be stored.
func (s *server) create(raw json.RawMessage, mode string) (Verdict, *unstructured.Unstructured) {
	object, err := read(raw)
	if err != nil {
		return refused("fields", err.Error()), nil
	}
	kind, ok := s.kinds[object.GroupVersionKind()]
	if !ok {
		return refused("fields", fmt.Sprintf("no matches for kind %s", object.GroupVersionKind())), nil
	}
	if unknown, err := kind.decode(object); err != nil {
		return refused("fields", err.Error()), nil
	} else if len(unknown) > 0 {
		return refused("fields", "unknown field "+strings.Join(unknown, ", ")), nil
	}
	if kind.namespaced && object.GetNamespace() == "" {
		object.SetNamespace("default")
	} else if !kind.namespaced {
		object.SetNamespace("")
	}
	for _, hook := range s.webhooks.mutating(kind, mode) {
		if message, err := mutate(hook, kind, object); err != nil || message != "" {
			return refused("defaulter", message, err), nil
		}
		kind.setDefaults(object)
	}
	kind.prepare(object)
	if errors := kind.validateSchema(object); len(errors) > 0 {
		return refused("schema", errors.ToAggregate().Error()), nil
	}
	if errors := kind.validateRules(object); len(errors) > 0 {
		return refused("cel", errors.ToAggregate().Error()), nil
	}
	for _, hook := range s.webhooks.validating(kind) {
		response, err := call(hook, kind, object)
		if err != nil || !response.Allowed {
			return refused("validator", message(response), err), nil
		}
	}
	return Verdict{Allowed: true}, object
}

func refused(step, message string, errors ...error) Verdict {
	for _, err := range errors {
		if err != nil {
			message = err.Error()
		}
	}
	return Verdict{Step: step, Message: message}
}

// mutate asks a webhook, and applies its patch as the API server does.
func mutate(hook admission.Handler, kind *kind, object *unstructured.Unstructured) (string, error) {
	response, err := call(hook, kind, object)
	if err != nil || !response.Allowed {
		return message(response), err
	}
	if len(response.Patches) == 0 {
		return "", nil
	}
	operations, err := json.Marshal(response.Patches)
	if err != nil {
		return "", err
	}
	patch, err := jsonpatch.DecodePatch(operations)
	if err != nil {
		return "", err
	}
	before, err := json.Marshal(object.Object)
	if err != nil {
		return "", err
	}
	after, err := patch.Apply(before)
	if err != nil {
		return "", err
	}
	object.Object = nil
	return "", utiljson.Unmarshal(after, &object.Object)
}

// call asks a webhook. A panic ends the request, which the API server tells as a refusal.
func call(hook admission.Handler, kind *kind, object *unstructured.Unstructured) (response admission.Response, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("panic: %v", panicked)
		}
	}()
	raw, err := json.Marshal(object.Object)
	if err != nil {
		return response, err
	}
	request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{
		UID:       "1",
		Kind:      metav1.GroupVersionKind(kind.gvk),
		Resource:  metav1.GroupVersionResource{Group: kind.gvk.Group, Version: kind.gvk.Version, Resource: kind.plural},
		Name:      object.GetName(),
		Namespace: object.GetNamespace(),
		Operation: admissionv1.Create,
		Object:    runtime.RawExtension{Raw: raw},
	}}
	return hook.Handle(context.Background(), request), nil
}

func message(response admission.Response) string {
	if response.Result == nil {
		return "refused"
	}
	if response.Result.Message != "" {
		return response.Result.Message
	}
	return string(response.Result.Reason)
}
