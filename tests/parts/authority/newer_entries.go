package main

import (
	"context"
	"crypto"
	"crypto/sha256"

	"github.com/cyberphone/json-canonicalization/go/src/webpki.org/jsoncanonicalizer"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	rekornote "github.com/sigstore/rekor-tiles/v2/pkg/note"
	"github.com/sigstore/sigstore/pkg/signature"
	formats "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"google.golang.org/protobuf/encoding/protojson"
)

// The host of the log, and so the name in its checkpoints.
const newerLog = "log.example.com"

// The log's only entry for a signature, as Rekor 2 makes it: without a time of its own.
func (a *authority) newerEntry(signed *signing, payload []byte) (*rekor.TransparencyLogEntry, error) {
	digest := sha256.Sum256(dsse.PAE(payloadType, payload))
	certificate := &tiles.Verifier_X509Certificate{X509Certificate: &common.X509Certificate{RawBytes: signed.certificate.Raw}}
	verifier := &tiles.Verifier{KeyDetails: common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256, Verifier: certificate}
	return a.newer(&tiles.HashedRekordLogEntryV002{
		Data:      &common.HashOutput{Algorithm: common.HashAlgorithm_SHA2_256, Digest: digest[:]},
		Signature: &tiles.Signature{Content: signed.raw, Verifier: verifier},
	})
}

func (a *authority) newer(recorded *tiles.HashedRekordLogEntryV002) (*rekor.TransparencyLogEntry, error) {
	body, err := canonical(recorded)
	if err != nil {
		return nil, err
	}
	root := rfc6962.DefaultHasher.HashLeaf(body)
	checkpoint, err := a.checkpoint(root)
	if err != nil {
		return nil, err
	}
	id, err := keyID(a.logKey.Public())
	proof := &rekor.InclusionProof{TreeSize: 1, RootHash: root, Checkpoint: &rekor.Checkpoint{Envelope: checkpoint}}
	return &rekor.TransparencyLogEntry{
		LogId:             &common.LogId{KeyId: id[:]},
		KindVersion:       &rekor.KindVersion{Kind: "hashedrekord", Version: "0.0.2"},
		InclusionProof:    proof,
		CanonicalizedBody: body,
	}, err
}

func canonical(recorded *tiles.HashedRekordLogEntryV002) ([]byte, error) {
	spec := &tiles.Spec{Spec: &tiles.Spec_HashedRekordV002{HashedRekordV002: recorded}}
	body, err := protojson.Marshal(&tiles.Entry{ApiVersion: "0.0.2", Kind: "hashedrekord", Spec: spec})
	if err != nil {
		return nil, err
	}
	return jsoncanonicalizer.Transform(body)
}

// What the log says of its tree of one leaf.
func (a *authority) checkpoint(root []byte) (string, error) {
	key, err := signature.LoadECDSASigner(a.logKey, crypto.SHA256)
	if err != nil {
		return "", err
	}
	signer, err := rekornote.NewNoteSigner(context.Background(), newerLog, key)
	if err != nil {
		return "", err
	}
	text := formats.Checkpoint{Origin: newerLog, Size: 1, Hash: root}.Marshal()
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	return string(signed), err
}
