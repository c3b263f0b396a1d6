import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the gatekit package itself, from the sources or from the bundle alike. */
export const packageDir: string = findPackageDir(dirname(fileURLToPath(import.meta.url)))

/** The version in gatekit's own package.json. */
export const packageVersion: string = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version

/** An absolute path to a file shipped in the package, such as a stylesheet or a gate definition. */
export const packageFile = (relative: string): string => join(packageDir, relative)

function findPackageDir(start: string): string {
  for (let dir = start; dir !== dirname(dir); dir = dirname(dir)) {
    const manifest = join(dir, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'gatekit') return dir
  }
  throw new Error(`gatekit's package.json was not found above ${start}`)
}
