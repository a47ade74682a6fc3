//go:build kserve19

package main

import "github.com/kserve/kserve/pkg/apis/serving/v1beta1"

func setDefaults(
	service *v1beta1.InferenceService, services *v1beta1.InferenceServicesConfig, deployment *v1beta1.DeployConfig, security *v1beta1.SecurityConfig,
) {
	service.DefaultInferenceService(services, deployment, security, nil, nil)
}
