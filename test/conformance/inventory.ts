/** One promise of Stripe's documentation that a test holds the sandbox to. */
export interface Promised {
  promise: string
  /** The page that makes it, below docs.stripe.com. */
  page: string
}

const promises: Promised[] = []
let isListing = false

/** Notes rows; true when they are only to be listed, not tested. */
export function declare(rows: readonly Promised[]): boolean {
  promises.push(...rows.map(({ page, promise }) => ({ page, promise })))
  return isListing
}

/** Every row of these test files, none of them run. */
export async function listPromises(files: readonly URL[]): Promise<readonly Promised[]> {
  isListing = true
  for (const file of files) await import(file.href)
  isListing = false
  return promises
}
