import type { CleartextMessage, PublicKey, Signature } from 'openpgp';
import { LivewrightError } from '../errors.ts';
import type { Keyring } from './keys.ts';

export interface Signer {
  /** Fingerprint of the primary key, lower-case hex. */
  readonly fingerprint: string;
  readonly userId: string;
}

export interface SignedText {
  /** What was signed and nothing else. */
  readonly text: string;
  /** Trusted keys with a good signature, at least one. */
  readonly signers: readonly Signer[];
}

export interface VerifyOptions {
  /** The file's address, for messages. */
  readonly url: string;
  readonly now?: Date;
}

type VerificationResult = Awaited<ReturnType<CleartextMessage['verify']>>[number];

type Verdict =
  | { readonly kind: 'good'; readonly signer: Signer }
  | { readonly kind: 'unknown'; readonly keyId: string }
  | { readonly kind: 'expired' | 'bad'; readonly keyId: string; readonly signer: Signer; readonly reason: string };

/**
 * Verifies a clear-signed file (InRelease). As in apt, one good signature of a trusted key is enough, signatures of
 * unknown or expired keys do not count, and a wrong signature of a trusted key is an error whatever the others say.
 * Throws SIGNATURE_INVALID naming the file, the keys and what to do.
 */
export async function verifyInRelease(text: string, keyring: Keyring, options: VerifyOptions): Promise<SignedText> {
  const message = await readClearSigned(text, options.url);
  const now = options.now ?? new Date();
  const results = await message.verify([...keyring.keys], now);
  return { text: message.getText(), signers: await judgeAll(results, keyring, { ...options, now }) };
}

async function judgeAll(
  results: readonly VerificationResult[],
  keyring: Keyring,
  { url, now }: VerifyOptions & { readonly now: Date },
): Promise<readonly Signer[]> {
  const verdicts = await Promise.all(results.map((result) => judge(result, keyring, now)));
  const signers = verdicts.flatMap((verdict) => (verdict.kind === 'good' ? [verdict.signer] : []));
  if (signers.length === 0 || verdicts.some(({ kind }) => kind === 'bad')) throw refuse(verdicts, keyring, url);
  return signers;
}

/** What a clear-signed file says, whoever signed it. */
export async function readSignedText(text: string, url: string): Promise<string> {
  return (await readClearSigned(text, url)).getText();
}

/** As `verifyInRelease`, with the signature (Release.gpg, armoured or binary) in a file of its own. */
export async function verifyDetached(
  { text, signature }: { readonly text: string; readonly signature: Uint8Array },
  keyring: Keyring,
  options: VerifyOptions,
): Promise<readonly Signer[]> {
  const { createMessage, verify } = await import('openpgp');
  const now = options.now ?? new Date();
  const { signatures } = await verify({
    message: await createMessage({ binary: Buffer.from(text) }),
    signature: await readDetached(signature, options.url),
    verificationKeys: [...keyring.keys],
    date: now,
    format: 'binary',
  });
  return judgeAll(signatures, keyring, { ...options, now });
}

async function readDetached(signature: Uint8Array, url: string): Promise<Signature> {
  const { readSignature } = await import('openpgp');
  const text = Buffer.from(signature).toString('latin1');
  try {
    return text.includes('-----BEGIN PGP')
      ? await readSignature({ armoredSignature: text })
      : await readSignature({ binarySignature: signature });
  } catch (cause) {
    throw new LivewrightError('SIGNATURE_INVALID', {
      message: `${url}.gpg is not an OpenPGP signature.`,
      hint: 'Look at the file, or name another mirror.',
      data: { url },
      cause,
    });
  }
}

const WHOLE_FILE = /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n[\s\S]*\n-----END PGP SIGNATURE-----\s*$/;

async function readClearSigned(text: string, url: string): Promise<CleartextMessage> {
  const { readCleartextMessage } = await import('openpgp');
  try {
    // apt reads the same bytes later; text around the signed part must not be there for anyone to fall for.
    if (!WHOLE_FILE.test(text)) throw new Error('there is text outside the signed part');
    return await readCleartextMessage({ cleartextMessage: text });
  } catch (cause) {
    throw new LivewrightError('SIGNATURE_INVALID', {
      message: `${url} is not a clear-signed file.`,
      hint: 'A login page or a proxy may have answered in place of the mirror: look at the file, or name another mirror.',
      data: { url },
      cause,
    });
  }
}

async function judge(result: VerificationResult, keyring: Keyring, now: Date): Promise<Verdict> {
  const keyId = result.keyID.toHex();
  const key = keyring.keys.find((candidate) => candidate.getKeys(result.keyID).length > 0);
  if (key === undefined) {
    // The result is settled all the same; unheard, it would end the process.
    await result.verified.catch(() => undefined);
    return { kind: 'unknown', keyId };
  }
  const signer = { fingerprint: key.getFingerprint(), userId: key.getUserIDs()[0] ?? '' };
  try {
    await result.verified;
  } catch (error) {
    return { kind: 'bad', keyId, signer, reason: messageOf(error) };
  }
  // The library judges a key as of the signature's date; like gpgv we want it to be valid today.
  const reason = await reasonNotUsable(key, result, now);
  return reason === undefined ? { kind: 'good', signer } : { kind: 'expired', keyId, signer, reason };
}

async function reasonNotUsable(key: PublicKey, result: VerificationResult, now: Date): Promise<string | undefined> {
  try {
    await key.getSigningKey(result.keyID, now);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refuse(verdicts: readonly Verdict[], keyring: Keyring, url: string): LivewrightError {
  const data = { url, verdicts, keyrings: keyring.origins };
  const bad = verdicts.find((verdict) => verdict.kind === 'bad');
  if (bad?.kind === 'bad') {
    return new LivewrightError('SIGNATURE_INVALID', {
      message: `The signature of ${url} by ${nameOf(bad.signer)} is wrong: ${withoutStop(bad.reason)}.`,
      hint: 'The file was changed on its way or the mirror is in the middle of an update: try again, then another mirror.',
      data,
    });
  }
  const expired = verdicts.find((verdict) => verdict.kind === 'expired');
  if (expired?.kind === 'expired') {
    return new LivewrightError('SIGNATURE_INVALID', {
      message: `${url} is signed by ${nameOf(expired.signer)}, a key that is not valid today: ${withoutStop(expired.reason)}.`,
      hint: 'Check the clock of this computer; for an archived suite, name a keyring in which the key was prolonged.',
      data,
    });
  }
  const ids = verdicts.map((verdict) => (verdict.kind === 'unknown' ? verdict.keyId : '')).join(', ');
  return new LivewrightError('SIGNATURE_INVALID', {
    message: `${url} is signed by ${ids || 'no key'}, none of the ${keyring.keys.length} trusted keys.`,
    hint: 'Put the archive’s key into config/archives/NAME.key; if the archive is Debian’s, install the newest debian-archive-keyring.',
    data,
  });
}

function nameOf(signer: Signer): string {
  return `"${signer.userId}" (${signer.fingerprint})`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
