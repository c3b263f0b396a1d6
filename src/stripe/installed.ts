import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { usageError } from '../kernel/errors.ts'
import { findStripePackage, loadCatalogue } from './catalogue/load.ts'
import type { Catalogue } from './catalogue/model.ts'

/** The oldest major version of `stripe` whose declarations are laid out as the compiler reads them. */
const oldestMajor = 22

/**
 * The `stripe` package whose API the sandbox speaks: the named folder, else the one that the project in `cwd` has installed when it can be
 * read, else undefined for gatekit's own. A named folder that is none, or cannot be read, is a usage error; `remark` is told of a project's
 * that cannot.
 */
export async function packageToSpeak(
  cwd: string,
  named: string | undefined,
  remark: (line: string) => void,
): Promise<string | undefined> {
  if (named !== undefined) return readable(resolve(cwd, named))
  const found = findInstalled(cwd)
  if (found === undefined || !(majorOf(found) >= oldestMajor) || isOwn(found)) return undefined
  try {
    return await readable(found)
  } catch (error) {
    remark(`${(error as Error).message}; speaking gatekit's own version instead`)
    return undefined
  }
}

/** A folder with a `stripe` package in it that can be read (once, it is cached then); throws for any other. */
async function readable(folder: string): Promise<string> {
  await loadPackage(folder)
  return folder
}

/** The catalogue of the `stripe` package in a folder; a usage error where there is none that can be read. */
export async function loadPackage(folder: string): Promise<Catalogue> {
  const major = majorOf(folder)
  if (Number.isNaN(major))
    throw usageError(`${folder} has no stripe package in it`, 'name the folder, such as node_modules/stripe')
  if (major < oldestMajor)
    throw usageError(`the stripe package in ${folder} is version ${major}`, `${oldestMajor} and newer can be read`)
  try {
    return await loadCatalogue({ stripePackage: folder })
  } catch (error) {
    const title = `the declarations of the stripe package in ${folder} cannot be read: ${(error as Error).message}`
    throw usageError(title, 'use a newer one')
  }
}

const isOwn = (folder: string): boolean => realpathSync(folder) === realpathSync(findStripePackage())

/** As Node finds it: in node_modules of the folder and of those above it. */
function findInstalled(cwd: string): string | undefined {
  for (let dir = cwd; ; dir = dirname(dir)) {
    const folder = join(dir, 'node_modules', 'stripe')
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dir === dirname(dir)) return undefined
  }
}

function majorOf(folder: string): number {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return name === 'stripe' ? Number.parseInt(version, 10) : Number.NaN
  } catch {
    return Number.NaN
  }
}
