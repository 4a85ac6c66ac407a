package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// AES256 is AES-256 in GCM, with which everything is sealed unless a key names another cipher.
const AES256 = "aes-256-gcm"

// Ciphers makes the cipher of a key by its name. What is sealed says which key it needs and nothing of its cipher, so
// another one, such as SM4, is a row here and a key on the ring that names it.
var Ciphers = map[string]func(secret [KeySize]byte) (cipher.AEAD, error){
	AES256: newAES,
}

func newCipher(k Key) (cipher.AEAD, error) {
	name := k.Cipher
	if name == "" {
		name = AES256
	}
	maker := Ciphers[name]
	if maker == nil {
		return nil, fmt.Errorf("the cipher %q is not known", name)
	}
	return maker(k.Secret)
}

func newAES(secret [KeySize]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
