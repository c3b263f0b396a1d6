import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program that the build has put beside the bundle of the module at `url`, which is in its folder or in one below; undefined in the sources. */
export function builtEntry(url: string, name: string): string | undefined {
  const here = dirname(fileURLToPath(url))
  return [here, dirname(here)].map((dir) => join(dir, name)).find((path) => existsSync(path))
}
