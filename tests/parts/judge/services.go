package main

import (
	"context"

	"github.com/kserve/kserve/pkg/apis/serving/v1beta1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// serviceDefaulter does what v1beta1.InferenceServiceDefaulter does, which asks an API server for the ConfigMap.
// KServe ships its ConfigMap without local models.
type serviceDefaulter struct {
	configMap *corev1.ConfigMap
	mode      string
}

func (d *serviceDefaulter) Default(_ context.Context, object runtime.Object) error {
	services, err := v1beta1.NewInferenceServicesConfig(d.configMap)
	if err != nil {
		return err
	}
	deployment, err := v1beta1.NewDeployConfig(d.configMap)
	if err != nil {
		return err
	}
	if d.mode != "" {
		deployment.DefaultDeploymentMode = d.mode
	}
	security, err := v1beta1.NewSecurityConfig(d.configMap)
	if err != nil {
		return err
	}
	setDefaults(object.(*v1beta1.InferenceService), services, deployment, security)
	return nil
}
