//go:build kserve17

package main

import (
	"context"
	"fmt"

	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha2"
	"github.com/kserve/kserve/pkg/controller/v1alpha2/llmisvc"
)

func init() {
	schemes = append(schemes, v1alpha2.AddToScheme)
	more = append(more, func(hooks *webhooks, cluster *cluster) {
		hooks.validator(&v1alpha1.LLMInferenceService{}, &v1alpha1.LLMInferenceServiceValidator{})
		hooks.validator(&v1alpha2.LLMInferenceService{}, &v1alpha2.LLMInferenceServiceValidator{})
		hooks.validator(&v1alpha1.LLMInferenceServiceConfig{}, &v1alpha1.LLMInferenceServiceConfigValidator{
			ConfigValidationFunc: func(ctx context.Context, config *v1alpha1.LLMInferenceServiceConfig) error {
				converted := &v1alpha2.LLMInferenceServiceConfig{}
				if err := config.ConvertTo(converted); err != nil {
					return err
				}
				return fillIn(ctx, cluster, converted)
			},
		})
		hooks.validator(&v1alpha2.LLMInferenceServiceConfig{}, &v1alpha2.LLMInferenceServiceConfigValidator{
			ConfigValidationFunc: func(ctx context.Context, config *v1alpha2.LLMInferenceServiceConfig) error {
				return fillIn(ctx, cluster, config)
			},
		})
	})
}

// fillIn does what validateLLMISVCConfig of KServe's cmd/llmisvc does.
func fillIn(ctx context.Context, cluster *cluster, config *v1alpha2.LLMInferenceServiceConfig) error {
	loaded, err := load(ctx, cluster, llmisvc.LoadConfig)
	if err != nil {
		return err
	}
	_, err = llmisvc.ReplaceVariables(llmisvc.LLMInferenceServiceSample(), config, loaded)
	return err
}

// load passes LoadConfig the client that this version of KServe takes.
func load[Client any](
	ctx context.Context, cluster *cluster, from func(context.Context, Client) (*llmisvc.Config, error),
) (*llmisvc.Config, error) {
	for _, candidate := range []any{cluster.client, cluster.clientset} {
		if client, ok := candidate.(Client); ok {
			return from(ctx, client)
		}
	}
	return nil, fmt.Errorf("LoadConfig takes another client")
}
