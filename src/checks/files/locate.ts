import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { expandGlob } from '../../config/glob.ts'
import { codeOf } from '../network/trouble.ts'

/** The path leads out of the folders that a check may look into. */
export class OutsidePath extends Error {
  override readonly name = 'OutsidePath'
}

export interface Bounds {
  /** Absolute; the project. */
  rootDir: string
  /** Further folders that the gate file declares. */
  within: readonly string[]
}

/**
 * The absolute path of a file, links resolved, inside the project or a declared folder; throws OutsidePath for any other. A path may
 * come out of a server's answer, so `..`, absolute paths and links are all judged by where they really lead.
 */
export async function locateFile(path: string, bounds: Bounds): Promise<string> {
  if (path.includes('\0')) throw new OutsidePath('the path holds a NUL character')
  const absolute = resolve(bounds.rootDir, path)
  const real = await realPathOf(absolute)
  const folders = await Promise.all(
    [bounds.rootDir, ...bounds.within].map((dir) => realPathOf(resolve(bounds.rootDir, dir))),
  )
  if (folders.some((folder) => isInside(real, folder))) return real
  const how = isAbsolute(path) ? 'declare its folder under within' : 'only paths inside the project are read'
  throw new OutsidePath(`${path} leads outside the project: ${how}`)
}

/** The files a pattern matches, as absolute paths; those that lead outside are an OutsidePath like any other. */
export async function locateFiles(pattern: string, bounds: Bounds): Promise<string[]> {
  const files = await expandGlob(bounds.rootDir, pattern)
  return Promise.all(files.map((file) => locateFile(file, bounds)))
}

/** Relative to the project where it is inside, for people. */
export function shownPath(path: string, rootDir: string): string {
  const inside = relative(rootDir, path)
  return inside.startsWith('..') ? path : inside.split(sep).join('/')
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** Of a path that does not exist yet, the real path of what does exist of it, and the rest. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '') || path === dirname(path)) throw error
    return join(await realPathOf(dirname(path)), basename(path))
  }
}
