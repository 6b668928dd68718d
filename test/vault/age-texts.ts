// Identities of these tests only; nothing else is encrypted for them.

/** An identity and its public key. */
export const ALICE = {
  identity: 'AGE-SECRET-KEY-10V2ZQGWFHZRZGMUPGDY26QC0WYXG5CQG4RAT90HR2LHH7KURV5EQACT7GH',
  recipient: 'age1s32ugx8y02ql5ezt44g85lff5cucc6n2g7rmlq6cxr4mvx0tu43qp8hu35',
};

/** Another. */
export const BOB = {
  identity: 'AGE-SECRET-KEY-15J0H8XN2K4LFTFPLF3X5RVXC0AKA7KM50AHAEL2KTQM5UEGYQFSQEK8JV2',
  recipient: 'age1qnaq02n9jlwcm8fj9kms6xmdd9ttywfq9jvsnjsytd8r4f89zg4qkretue',
};

/** The passphrase of {@link AGE_PASSPHRASE_TEXT}. */
export const AGE_PASSPHRASE = 'age-pass';

/** "age_word: Sealed-With-Age" with a passphrase, made with little work so that tests are quick. */
export const AGE_PASSPHRASE_TEXT = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBhQVVuTHZ3U24rU1JGZG1i
RDBQYmJBIDEwCk1JdFBkcUJnczMxanhDcHNnb2pvVWVwOFF0aFRZaE80M2FGYTQ2
R1FLTTgKLS0tIHdReEgzZlZGdEtKMEx0L25ObEt1RGtvTWpjV3BRT2dtdnBTV1Zt
QWNZbzgKK+kw2D6owC1TslrVRmTi2JI8MUanEBZRcVwlveXN3eYdfqnCvyxmWB21
8yYfmykr6z2gjT8ToY2dRA==
-----END AGE ENCRYPTED FILE-----
`;
