"""References of images: what a kubelet reads, and what a name promises."""

import pytest
from kitserve.check.object_rules.imagevolume import reference

from tests.case_ids import case_id
from tests.generator.check.imagevolume.parts import PIN, SHA
from tests.generator.check.manifests import MODEL, SERVICE, codes, mutated


@pytest.mark.parametrize(
    "text",
    [
        *(
            "iris",
            "iris:v1",
            "team/iris:v1",
            "r.io/iris",
            "r.io/a/b/c:v1",
            "localhost/iris:v1",
            "Host/iris:v1",
        ),
        *("registry:5000/iris:v1", "127.0.0.1:5000/a:b", "[::1]:5000/a:b", f"r.io/iris:v1@{SHA}", PIN),
        *("r.io/a_b/c__d/e-f.g:1_2-3.4", f"r.io/a:{'t' * 128}", f"r.io/{'a' * 255}", "r.io/iris:v1.image"),
        *(f"r.io/a@sha512:{'0' * 128}", "r.io/iris:sha256-abc", "a" * 63),
    ],
)
def test_a_reference_is_read_as_a_kubelet_reads_it(text: str) -> None:
    assert reference.fault(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no image"),
        *((text, "has no scheme") for text in ("kit://r.io/iris:v1", "oci://r.io/iris:v1", "https://r.io/a")),
        *(
            (text, "in lower case")
            for text in ("r.io/Iris:v1", "r.io/Team/iris", "Iris:v1", f"r.io/Iris@{SHA}")
        ),
        *(
            (f"r.io/a@{text}", "isn't a whole one")
            for text in ("sha256:00", "sha256", "", SHA.upper(), f"{SHA}0")
        ),
        *(
            (text, "no node can read")
            for text in ("r.io/", "/iris", "r.io//a", "r.io/a:", "r.io/a:-t", "r.io/a b")
        ),
        *(
            (text, "no node can read")
            for text in ("a" * 64, f"r.io/a:{'t' * 129}", f"r.io/{'a' * 256}", "r.io/a\n")
        ),
        *((text, "no node can read") for text in ("my_host:5000/a:b", "r.io/.a", "r.io/a..b", "r.io/ä:v1")),
    ],
)
def test_what_no_kubelet_can_read_is_told(text: str, said: str) -> None:
    found = reference.fault(text)

    assert found is not None
    assert said in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("oci+native://r.io/Iris:v1", {"KS165"}),
        ("oci+native://kit://r.io/iris:v1", {"KS165"}),
        ("oci+native://oci://r.io/iris:v1", {"KS165"}),
        ("oci+native://", {"KS165"}),
        ("oci+native://r.io/iris@sha256:0000", {"KS165"}),
        ("oci://r.io/Iris:v1", {"KS165"}),
        ("oci://r.io/iris:v1", set()),
        ("oci+native://reader:not-a-real-one@r.io/iris:v1", {"KS153"}),
        ("oci+native://{{ .Values.image }}", set()),
        ("oci+native://$IMAGE", set()),
        # by tag
        ("oci+native://r.io/iris:v1", {"KS164"}),
        ("oci+native://r.io/iris:v1.image", {"KS164"}),
        ("oci+native://r.io/iris:v1.image-0123456789", {"KS164"}),
        ("oci+native://r.io/iris", {"KS164"}),
        ("oci+native://r.io/iris:sha256-abc.image", {"KS164"}),
        (f"oci+native://r.io/iris:v1@{SHA}", set()),
        (f"oci+native://r.io/iris@{SHA}", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}.image", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}.image-0123456789", set()),
        (f"oci+native://r.io/iris:{'0' * 64}.image", set()),
        (f"oci+native://r.io/iris:sha256-{'0' * 64}", {"KS164"}),
        # schemes
        ("oci+nativ://r.io/iris:v1", {"KS136"}),
        ("oci+image://r.io/iris:v1", {"KS136"}),
        ("oci+Native://r.io/iris:v1", {"KS136"}),
        ("oci-native://r.io/iris:v1", {"KS171"}),
        ("oci+modelcar://r.io/iris:v1", {"KS163"}),
        ("oci+fetch://r.io/iris:v1", {"KS163"}),
        # a ModelKit's image by another way
        ("oci://r.io/iris:v1.image", {"KS167"}),
        ("oci://r.io/iris:v1.image-0123456789", {"KS167"}),
        ("kit://r.io/iris:v1.image", {"KS167"}),
        ("oci://r.io/iris:v1.images", set()),
        ("oci://r.io/iris.image/a:v1", set()),
        ("kit://r.io/iris.image:v1", set()),
        ("s3://bucket/v1.image", set()),
    ],
    ids=case_id,
)
def test_uris_have_the_codes(uri: str, expected: set[str]) -> None:
    assert codes(mutated(SERVICE, f"{MODEL}.storageUri", uri)) == expected
