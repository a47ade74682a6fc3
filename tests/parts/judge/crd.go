package main

import (
	"context"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// kind is one version of a CRD, with what the API server makes of its schema.
type kind struct {
	gvk        schema.GroupVersionKind
	plural     string
	namespaced bool
	hasStatus  bool
	structural *structuralschema.Structural
	schema     validation.SchemaValidator
	cel        *cel.Validator
}

// kinds returns the versions that KServe's CRDs serve.
func kinds() (map[schema.GroupVersionKind]*kind, error) {
	found := map[schema.GroupVersionKind]*kind{}
	files, err := documents("config/crd/full")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(file, &crd); err != nil {
			return nil, err
		}
		for _, version := range crd.Spec.Versions {
			if !version.Served {
				continue
			}
			made, err := newKind(crd, version)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", crd.Name, version.Name, err)
			}
			found[made.gvk] = made
		}
	}
	return found, nil
}

func newKind(crd apiextensionsv1.CustomResourceDefinition, version apiextensionsv1.CustomResourceDefinitionVersion) (*kind, error) {
	var internal apiextensions.CustomResourceValidation
	if err := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(version.Schema, &internal, nil); err != nil {
		return nil, err
	}
	structural, err := structuralschema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &kind{
		gvk:        schema.GroupVersionKind{Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind},
		plural:     crd.Spec.Names.Plural,
		namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped,
		hasStatus:  version.Subresources != nil && version.Subresources.Status != nil,
		structural: structural,
		schema:     validator,
		cel:        cel.NewValidator(structural, true, celconfig.PerCallLimit),
	}, nil
}

// decode does what the API server does to a body: see unstructuredSchemaCoercer.apply in apiextensions-apiserver's
// customresource_handler.go. It returns the unknown fields, which strict field validation refuses.
func (k *kind) decode(object *unstructured.Unstructured) ([]string, error) {
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(
		object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true},
	)
	if err != nil {
		return nil, err
	}
	track := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(object.Object, k.structural, true, track)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, k.structural)
	wrong, paths := objectmeta.CoerceWithOptions(
		nil, object.Object, k.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true},
	)
	if wrong != nil {
		return nil, wrong
	}
	object.SetGroupVersionKind(k.gvk)
	if found {
		if err := objectmeta.SetObjectMeta(object.Object, meta); err != nil {
			return nil, err
		}
	}
	k.setDefaults(object)
	return append(unknown, paths...), nil
}

func (k *kind) setDefaults(object *unstructured.Unstructured) {
	defaulting.Default(object.Object, k.structural)
}

// prepare does what the API server does between mutating admission and validation.
func (k *kind) prepare(object *unstructured.Unstructured) {
	if k.hasStatus {
		delete(object.Object, "status")
	}
	if object.GetName() == "" && object.GetGenerateName() != "" {
		object.SetName(object.GetGenerateName() + "x7k2p")
	}
	object.SetGeneration(1)
}

// validateSchema returns what the CRD's schema refuses: see customResourceStrategy.Validate in apiextensions-apiserver.
func (k *kind) validateSchema(object *unstructured.Unstructured) field.ErrorList {
	errors := apivalidation.ValidateObjectMetaAccessor(
		object, k.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"),
	)
	errors = append(errors, validation.ValidateCustomResource(nil, object.Object, k.schema)...)
	errors = append(errors, objectmeta.Validate(nil, object.Object, k.structural, false)...)
	return append(errors, listtype.ValidateListSetsAndMaps(nil, k.structural, object.Object)...)
}

// validateRules returns what the CRD's rules in CEL refuse in an object that fits the schema.
func (k *kind) validateRules(object *unstructured.Unstructured) field.ErrorList {
	if k.cel == nil {
		return nil
	}
	errors, _ := k.cel.Validate(context.Background(), nil, k.structural, object.Object, nil, celconfig.RuntimeCELCostBudget)
	return errors
}
