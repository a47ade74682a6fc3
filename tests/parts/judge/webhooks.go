package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	"github.com/kserve/kserve/pkg/webhook/admission/servingruntime"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	"sigs.k8s.io/yaml"
)

// schemes are the types that KServe's webhooks know. Files for some versions add theirs.
var schemes = []func(*runtime.Scheme) error{v1alpha1.AddToScheme, v1beta1.AddToScheme, corev1.AddToScheme}

// more adds the handlers that only some versions have.
var more []func(*webhooks, *cluster)

// webhooks are KServe's handlers by their paths, and the rules by which the API server calls them.
type webhooks struct {
	scheme      *runtime.Scheme
	cluster     *cluster
	handlers    map[string]admission.Handler
	mutations   []rule
	validations []rule
}

// rule is a webhook of a configuration that KServe installs.
type rule struct {
	path    string
	version string
	plurals []string
}

func newWebhooks(cluster *cluster) (*webhooks, error) {
	made := &webhooks{scheme: cluster.scheme, cluster: cluster, handlers: map[string]admission.Handler{}}
	decoder := admission.NewDecoder(cluster.scheme)
	made.handlers["/validate-serving-kserve-io-v1alpha1-clusterservingruntime"] = &servingruntime.ClusterServingRuntimeValidator{
		Client: cluster.client, Decoder: decoder,
	}
	made.handlers["/validate-serving-kserve-io-v1alpha1-servingruntime"] = &servingruntime.ServingRuntimeValidator{
		Client: cluster.client, Decoder: decoder,
	}
	made.validator(&v1alpha1.TrainedModel{}, &v1alpha1.TrainedModelValidator{})
	made.validator(&v1alpha1.InferenceGraph{}, &v1alpha1.InferenceGraphValidator{})
	made.validator(&v1beta1.InferenceService{}, &v1beta1.InferenceServiceValidator{})
	for _, mode := range modes {
		made.defaulter(&v1beta1.InferenceService{}, &serviceDefaulter{cluster.configMap, mode}, mode)
	}
	for _, add := range more {
		add(made, cluster)
	}
	return made, made.readRules()
}

// validator registers a validator as controller-runtime's builder does.
func (w *webhooks) validator(object runtime.Object, validator admission.CustomValidator) {
	w.handlers["/validate-"+w.suffix(object)] = admission.WithCustomValidator(w.scheme, object, validator)
}

// defaulter registers a defaulter, for a cluster's default deployment mode if it depends on that.
func (w *webhooks) defaulter(object runtime.Object, defaulter admission.CustomDefaulter, mode string) {
	w.handlers["/mutate-"+w.suffix(object)+mode] = admission.WithCustomDefaulter(w.scheme, object, defaulter)
}

func (w *webhooks) suffix(object runtime.Object) string {
	gvk, err := apiutil.GVKForObject(object, w.scheme)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(gvk.Group, ".", "-") + "-" + gvk.Version + "-" + strings.ToLower(gvk.Kind)
}

// readRules reads the webhook configurations that KServe installs.
func (w *webhooks) readRules() error {
	files, err := documents("config/webhook")
	if err != nil {
		return err
	}
	for _, file := range files {
		var configuration admissionregistrationv1.ValidatingWebhookConfiguration
		if err := yaml.Unmarshal(file, &configuration); err != nil {
			return err
		}
		for _, webhook := range configuration.Webhooks {
			if webhook.ClientConfig.Service == nil || webhook.ClientConfig.Service.Path == nil {
				continue
			}
			if err := w.addRules(configuration.Kind, *webhook.ClientConfig.Service.Path, webhook.Rules); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *webhooks) addRules(kind, path string, rules []admissionregistrationv1.RuleWithOperations) error {
	for _, found := range rules {
		if !slices.Contains(found.APIGroups, "serving.kserve.io") {
			continue
		}
		if _, ok := w.handlers[path]; !ok {
			return fmt.Errorf("no handler for %s", path)
		}
		for _, version := range found.APIVersions {
			made := rule{path, version, found.Resources}
			if kind == "MutatingWebhookConfiguration" {
				w.mutations = append(w.mutations, made)
			} else {
				w.validations = append(w.validations, made)
			}
		}
	}
	return nil
}

func (w *webhooks) mutating(kind *kind, mode string) []admission.Handler {
	return w.matching(w.mutations, kind, mode)
}

func (w *webhooks) validating(kind *kind) []admission.Handler {
	return w.matching(w.validations, kind, "")
}

func (w *webhooks) matching(rules []rule, kind *kind, mode string) []admission.Handler {
	var found []admission.Handler
	for _, rule := range rules {
		if rule.version == kind.gvk.Version && slices.Contains(rule.plurals, kind.plural) {
			if handler, ok := w.handlers[rule.path+mode]; ok {
				found = append(found, handler)
			} else {
				found = append(found, w.handlers[rule.path])
			}
		}
	}
	return found
}
