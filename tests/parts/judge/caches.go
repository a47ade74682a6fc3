//go:build !kserve17 || kserve19

package main

import (
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
	"github.com/kserve/kserve/pkg/webhook/admission/localmodelcache"
)

func init() {
	more = append(more, func(hooks *webhooks, cluster *cluster) {
		hooks.validator(&v1alpha1.LocalModelCache{}, &localmodelcache.LocalModelCacheValidator{Client: cluster.client})
	})
}
