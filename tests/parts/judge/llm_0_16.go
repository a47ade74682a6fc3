//go:build kserve16 && !kserve17

package main

import (
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/controller/v1alpha1/llmisvc/validation"
)

func init() {
	more = append(more, func(hooks *webhooks, cluster *cluster) {
		hooks.validator(&v1alpha1.LLMInferenceService{}, &validation.LLMInferenceServiceValidator{})
		hooks.validator(&v1alpha1.LLMInferenceServiceConfig{}, &validation.LLMInferenceServiceConfigValidator{ClientSet: cluster.clientset})
	})
}
