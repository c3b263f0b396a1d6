import { readFile, stat } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { usageError } from '../../kernel/errors.ts'
import type { Catalogue } from '../catalogue/model.ts'
import { loadPackage } from '../installed.ts'

/** The catalogue of a folder with a `stripe` package in it, or of a catalogue file (`.json`, `.json.gz`). */
export async function readSource(path: string): Promise<Catalogue> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw usageError(`there is no ${path}`, 'name a folder such as node_modules/stripe, or a catalogue file')
  if (found.isDirectory()) return loadPackage(path)
  try {
    const bytes = await readFile(path)
    const catalogue = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Catalogue
    if (Array.isArray(catalogue.operations) && typeof catalogue.types === 'object') return catalogue
  } catch {
    // Said below.
  }
  throw usageError(`${path} is not a catalogue`, 'name a folder such as node_modules/stripe, or a catalogue file')
}
