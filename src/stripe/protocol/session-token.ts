import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Tokens are good for as long as this process. */
const signingKey = randomBytes(32)
const tokenPattern = /^token_test_(acct_[A-Za-z0-9]+)_([0-9a-f]{64})$/

/** What a meter event session gives a client to stream its events with, instead of an API key. */
export const issueToken = (account: string): string => `token_test_${account}_${sign(account).toString('hex')}`

/** The account of a token that was issued here. */
export function readToken(text: string): string | undefined {
  const [, account, signature] = tokenPattern.exec(text) ?? []
  if (account === undefined || signature === undefined) return undefined
  return timingSafeEqual(Buffer.from(signature, 'hex'), sign(account)) ? account : undefined
}

const sign = (account: string): Buffer => createHmac('sha256', signingKey).update(account).digest()
