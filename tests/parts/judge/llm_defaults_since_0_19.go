//go:build kserve19

package main

import (
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha2"
	"github.com/kserve/kserve/pkg/webhook/admission/llminferenceservice"
)

func init() {
	more = append(more, func(hooks *webhooks, cluster *cluster) {
		hooks.defaulter(&v1alpha1.LLMInferenceService{}, &llminferenceservice.LLMInferenceServiceDefaulterV1Alpha1{
			Client: cluster.client, Clientset: cluster.clientset,
		}, "")
		hooks.defaulter(&v1alpha2.LLMInferenceService{}, &llminferenceservice.LLMInferenceServiceDefaulterV1Alpha2{
			Client: cluster.client, Clientset: cluster.clientset,
		}, "")
	})
}
