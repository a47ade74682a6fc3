package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekor "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	tiles "github.com/sigstore/rekor-tiles/v2/pkg/generated/protobuf"
	"github.com/sigstore/rekor/pkg/types"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"google.golang.org/protobuf/encoding/protojson"
)

// A log's entry for a signature that a key has made elsewhere: of a statement in an envelope, or of the payload itself.
func record(trusted, stranger *authority, ordered order) ([]byte, error) {
	log := trusted
	if ordered.Fault == otherLog {
		log = stranger
	}
	write := log.recordOlder
	if ordered.Rekor == 2 {
		write = log.recordNewer
	}
	entry, err := write(ordered)
	if err != nil {
		return nil, err
	}
	return protojson.Marshal(entry)
}

// Rekor 1 takes an entry only if the signature in it is right.
func (a *authority) recordOlder(ordered order) (*rekor.TransparencyLogEntry, error) {
	kind, properties, err := proposal(ordered)
	if err != nil {
		return nil, err
	}
	proposed, err := types.NewProposedEntry(context.Background(), kind, "0.0.1", properties)
	if err != nil {
		return nil, err
	}
	taken, err := types.CreateVersionedEntry(proposed)
	if err != nil {
		return nil, err
	}
	body, err := types.CanonicalizeEntry(context.Background(), taken)
	if err != nil {
		return nil, err
	}
	return a.older(body, kind)
}

func proposal(ordered order) (string, types.ArtifactProperties, error) {
	properties := types.ArtifactProperties{PublicKeyBytes: [][]byte{[]byte(ordered.Key)}, PKIFormat: "x509"}
	if ordered.Simple {
		digest := sha256.Sum256(ordered.Payload)
		properties.ArtifactHash, properties.SignatureBytes = hex.EncodeToString(digest[:]), ordered.Signature
		return "hashedrekord", properties, nil
	}
	signatures := []dsse.Signature{{Sig: base64.StdEncoding.EncodeToString(ordered.Signature)}}
	payload := base64.StdEncoding.EncodeToString(ordered.Payload)
	envelope, err := json.Marshal(dsse.Envelope{PayloadType: payloadType, Payload: payload, Signatures: signatures})
	properties.ArtifactBytes = envelope
	return "dsse", properties, err
}

func (a *authority) older(body []byte, kind string) (*rekor.TransparencyLogEntry, error) {
	text, err := a.RekorLogID()
	if err != nil {
		return nil, err
	}
	id, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	now := time.Now().Unix()
	promised, err := a.RekorSignPayload(tlog.RekorPayload{
		Body: base64.StdEncoding.EncodeToString(body), IntegratedTime: now, LogIndex: 0, LogID: text,
	})
	if err != nil {
		return nil, err
	}
	proof, err := a.GetInclusionProof(body)
	if err != nil {
		return nil, err
	}
	made, err := tlog.NewEntry(body, now, 0, id, promised, proof) //nolint:staticcheck
	if err != nil {
		return nil, err
	}
	entry := made.TransparencyLogEntry()
	entry.KindVersion = &rekor.KindVersion{Kind: kind, Version: "0.0.1"}
	entry.InclusionPromise = &rekor.InclusionPromise{SignedEntryTimestamp: promised}
	return entry, nil
}

func (a *authority) recordNewer(ordered order) (*rekor.TransparencyLogEntry, error) {
	key, err := cryptoutils.UnmarshalPEMToPublicKey([]byte(ordered.Key))
	if err != nil {
		return nil, err
	}
	der, err := cryptoutils.MarshalPublicKeyToDER(key)
	if err != nil {
		return nil, err
	}
	details, algorithm, hash, err := hashed(key)
	if err != nil {
		return nil, err
	}
	digest := hash.New()
	digest.Write(dsse.PAE(payloadType, ordered.Payload))
	verifier := &tiles.Verifier{KeyDetails: details, Verifier: &tiles.Verifier_PublicKey{PublicKey: &tiles.PublicKey{RawBytes: der}}}
	return a.newer(&tiles.HashedRekordLogEntryV002{
		Data:      &common.HashOutput{Algorithm: algorithm, Digest: digest.Sum(nil)},
		Signature: &tiles.Signature{Content: bytes.Clone(ordered.Signature), Verifier: verifier},
	})
}

// What Rekor 2 hashes with, by the key.
func hashed(key crypto.PublicKey) (common.PublicKeyDetails, common.HashAlgorithm, crypto.Hash, error) {
	if key, ok := key.(*ecdsa.PublicKey); ok {
		switch key.Curve {
		case elliptic.P256():
			return common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256, common.HashAlgorithm_SHA2_256, crypto.SHA256, nil
		case elliptic.P384():
			return common.PublicKeyDetails_PKIX_ECDSA_P384_SHA_384, common.HashAlgorithm_SHA2_384, crypto.SHA384, nil
		}
	}
	return 0, 0, 0, fmt.Errorf("%T is logged by nobody", key)
}
