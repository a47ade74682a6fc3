package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

// Who issues certificates, keeps the logs and makes timestamps.
type authority struct {
	*ca.VirtualSigstore
	issuer *root.FulcioCertificateAuthority
	key    *ecdsa.PrivateKey // of the issuer's intermediate certificate
	ctKey  *ecdsa.PrivateKey
	logKey *ecdsa.PrivateKey // of the newer of two transparency logs
}

func newAuthority() (*authority, error) {
	virtual, err := ca.NewVirtualSigstore()
	if err != nil {
		return nil, err
	}
	top, topKey, err := ca.GenerateRootCa()
	if err != nil {
		return nil, err
	}
	intermediate, key, err := ca.GenerateFulcioIntermediate(top, topKey)
	if err != nil {
		return nil, err
	}
	ctKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	logKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	issuer := &root.FulcioCertificateAuthority{
		Root:                top,
		Intermediates:       []*x509.Certificate{intermediate},
		URI:                 "https://fulcio.example.com",
		ValidityPeriodStart: time.Now().Add(-5 * time.Hour),
	}
	return &authority{virtual, issuer, key, ctKey, logKey}, err
}

// The TrustedRoot as JSON.
func (a *authority) root() ([]byte, error) {
	ctLog, err := trustedLog("https://ct.example.com", a.ctKey.Public())
	if err != nil {
		return nil, err
	}
	logs := a.RekorLogs()
	for _, each := range logs {
		// The testing authority has the hexadecimal digits here, and a trusted root the bytes.
		if each.ID, err = hex.DecodeString(string(each.ID)); err != nil {
			return nil, err
		}
	}
	newer, err := trustedLog("https://"+newerLog, a.logKey.Public())
	if err != nil {
		return nil, err
	}
	logs[hex.EncodeToString(newer.ID)] = newer
	issuers := []root.CertificateAuthority{a.issuer}
	ctLogs := map[string]*root.TransparencyLog{hex.EncodeToString(ctLog.ID): ctLog}
	trusted, err := root.NewTrustedRoot(root.TrustedRootMediaType01, issuers, ctLogs, a.TimestampingAuthorities(), logs)
	if err != nil {
		return nil, err
	}
	return trusted.MarshalJSON()
}

func trustedLog(url string, key crypto.PublicKey) (*root.TransparencyLog, error) {
	id, err := keyID(key)
	return &root.TransparencyLog{
		BaseURL:             url,
		ID:                  id[:],
		ValidityPeriodStart: time.Now().Add(-5 * time.Hour),
		HashFunc:            crypto.SHA256,
		PublicKey:           key,
		SignatureHashFunc:   crypto.SHA256,
	}, err
}

// The identity of a log, and of a certificate's issuer in what a log promises (RFC 6962, 3.2).
func keyID(key crypto.PublicKey) ([sha256.Size]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	return sha256.Sum256(der), err
}
