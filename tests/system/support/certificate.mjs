// A certificate for this machine, made for the occasion.

import { execFileSync } from 'node:child_process';

export function makeCertificate(certificate, key, commonName) {
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      .concat('-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1')
      .concat('-keyout', key, '-out', certificate),
    { stdio: 'ignore' },
  );
}
