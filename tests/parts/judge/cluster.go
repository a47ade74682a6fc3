package main

import (
	"context"
	"encoding/json"

	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/constants"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes"
	fakeclientset "k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"
)

// cluster holds what the webhooks look up.
type cluster struct {
	scheme    *runtime.Scheme
	client    client.Client
	clientset kubernetes.Interface
	configMap *corev1.ConfigMap
	added     []client.Object
}

// looked are the kinds that webhooks look up.
var looked = map[string]bool{
	"ServingRuntime": true, "ClusterServingRuntime": true, "LocalModelCache": true,
	"LocalModelNamespaceCache": true, "LocalModelNodeGroup": true,
}

func newCluster() (*cluster, error) {
	made := &cluster{scheme: runtime.NewScheme(), configMap: &corev1.ConfigMap{}}
	for _, add := range schemes {
		utilruntime.Must(add(made.scheme))
	}
	configMaps, err := documents("config/configmap")
	if err != nil {
		return nil, err
	}
	for _, document := range configMaps {
		if err := yaml.Unmarshal(document, made.configMap); err != nil {
			return nil, err
		}
	}
	made.configMap.Namespace = constants.KServeNamespace
	runtimes, err := documents("config/runtimes")
	if err != nil {
		return nil, err
	}
	objects := []client.Object{made.configMap}
	for _, document := range runtimes {
		own := &v1alpha1.ClusterServingRuntime{}
		if err := yaml.Unmarshal(document, own); err != nil {
			return nil, err
		}
		objects = append(objects, own)
	}
	made.client = fake.NewClientBuilder().WithScheme(made.scheme).WithObjects(objects...).Build()
	made.clientset = fakeclientset.NewSimpleClientset(made.configMap)
	return made, nil
}

// add puts an object where later webhooks find it.
func (c *cluster) add(object *unstructured.Unstructured) {
	if !looked[object.GetKind()] {
		return
	}
	typed, err := c.scheme.New(object.GroupVersionKind())
	if err != nil {
		return
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		return
	}
	c.keep(typed.(client.Object))
}

func (c *cluster) keep(object client.Object) {
	if c.client.Create(context.Background(), object) == nil {
		c.added = append(c.added, object)
	}
}

// addNodeGroups makes the node groups that an object names: which ones there are is the cluster's business.
func (c *cluster) addNodeGroups(raw json.RawMessage) {
	var object struct{ Spec struct{ NodeGroups []string } }
	if json.Unmarshal(raw, &object) != nil {
		return
	}
	for _, name := range object.Spec.NodeGroups {
		c.keep(&v1alpha1.LocalModelNodeGroup{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
}

func (c *cluster) reset() {
	for _, object := range c.added {
		_ = c.client.Delete(context.Background(), object)
	}
	c.added = nil
}
