import { createHash, timingSafeEqual } from 'node:crypto'

/** Somebody who uses the API. */
export interface Account {
  readonly name: string
  /** the version their key is pinned to; null follows the default */
  readonly apiVersion: string | null
}

// Demo keys: `demo-2024`, `demo-2025` and `demo-unpinned`. Only their hashes are kept, as one would for real ones.
const accounts: readonly (Account & { readonly keyHash: string })[] = [
  { name: 'the first customer', apiVersion: '2024-01-01', keyHash: '8a31e75faf80666ba17d17610a08812de28b9ba00d9a5e7406f3bca6cc0045f0' },
  { name: 'a customer of 2025', apiVersion: '2025-06-01', keyHash: '05ee002bd118c1fa1776a12133497f7be16c47737894ab32dccc2dc48c1bc54e' },
  { name: 'a customer who has not chosen', apiVersion: null, keyHash: '30cf0568ddbbe2e1c82638e582b330817957756c0b552910228fce3036388d2b' }
]

/** @returns the account that a key belongs to; takes the same time whether and where it matches */
export function findAccount (key: string): Account | null {
  const hash = createHash('sha256').update(key).digest()
  let found: Account | null = null
  for (const account of accounts) {
    if (timingSafeEqual(hash, Buffer.from(account.keyHash, 'hex'))) found = account
  }
  return found
}
