import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { cacheDir } from '../../kernel/cache.ts'
import { usageError } from '../../kernel/errors.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { packageFile, packageVersion } from '../../kernel/package.ts'
import type { Catalogue } from './model.ts'

export interface LoadOptions {
  /** Folder of the `stripe` package to speak for; the one gatekit itself uses when absent. */
  stripePackage?: string
}

/**
 * The catalogue of an installed `stripe` package: shipped in dist/, else cached, else compiled (under a second) and cached.
 * A cache that cannot be written costs time, never correctness.
 */
export async function loadCatalogue({ stripePackage = findStripePackage() }: LoadOptions = {}): Promise<Catalogue> {
  const compiler = compilerDigest()
  const shipped = await readCatalogue(packageFile(join('dist', shippedName(stripePackage))))
  if (shipped && (compiler === undefined || shipped.compiler === compiler)) return shipped
  const name = `stripe-${manifest(stripePackage).version}-${compiler ?? packageVersion}.json.gz`
  const folder = await cacheDir().catch(() => undefined)
  const cached = folder && (await readCatalogue(join(folder, name)))
  if (cached) return cached
  const catalogue = await compile(stripePackage)
  if (folder) await writeFileAtomic(join(folder, name), encode(catalogue)).catch(() => undefined)
  return catalogue
}

/** Compiles the catalogue into a folder (dist/, for the build) and returns the path of the file. */
export async function writeCatalogue(folder: string, { stripePackage = findStripePackage() }: LoadOptions = {}) {
  const path = join(folder, shippedName(stripePackage))
  await writeFileAtomic(
    path,
    encode({ ...(await compile(stripePackage)), compiler: compilerDigest() ?? packageVersion }),
  )
  return path
}

/** The folder of the `stripe` package that a module in `from` would import. */
export function findStripePackage(from: string = packageFile('package.json')): string {
  let dir = dirname(createRequire(from).resolve('stripe'))
  while (!existsSync(join(dir, 'package.json')) || manifest(dir).name !== 'stripe') {
    if (dir === dirname(dir)) throw usageError('the stripe package was not found', 'npm install stripe')
    dir = dirname(dir)
  }
  return dir
}

async function compile(stripePackage: string): Promise<Catalogue> {
  const { compileCatalogue } = await import('./compile.ts')
  return compileCatalogue(stripePackage)
}

const encode = (catalogue: Catalogue): Uint8Array => gzipSync(JSON.stringify(catalogue))

/** Undefined for a file that is not there or not whole. */
async function readCatalogue(path: string): Promise<Catalogue | undefined> {
  try {
    return JSON.parse(gunzipSync(await readFile(path)).toString())
  } catch {
    return undefined
  }
}

const manifest = (folder: string): { name?: string; version?: string } =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

const shippedName = (stripePackage: string): string => `stripe-${manifest(stripePackage).version}.json.gz`

/** What the compiler's own sources are, in a checkout: a catalogue that another compiler made is stale. */
function compilerDigest(): string | undefined {
  const folder = packageFile('src/stripe/catalogue')
  if (!existsSync(folder)) return undefined
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)))
  return hash.digest('hex').slice(0, 12)
}
