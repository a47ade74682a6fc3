"""LLMInferenceServices: the object, and what is added to the pods in it."""
