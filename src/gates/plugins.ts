import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CheckDefinition } from '../checks/define.ts'
import type { Problem } from '../kernel/errors.ts'
import type { YamlSource } from '../kernel/place.ts'
import type { CheckRegistry } from './project.ts'

/** The registry with the check types that the project's own modules export. A module that fails, or takes a name, is a problem. */
export async function loadPlugins(
  plugins: readonly string[],
  rootDir: string,
  registry: CheckRegistry,
  source: YamlSource,
  problems: Problem[],
): Promise<CheckRegistry> {
  const types = { ...registry }
  for (const [index, plugin] of plugins.entries()) {
    const place = source.place(['plugins', index])
    try {
      const module: Record<string, unknown> = await import(moduleName(plugin, rootDir))
      const found = Object.values(module).filter(isDefinition)
      if (found.length === 0) {
        problems.push({ title: `${plugin} exports no check type`, place, remedy: 'export a value made by defineCheck' })
      }
      for (const definition of found) {
        if (Object.hasOwn(types, definition.type)) {
          problems.push({ title: `check type "${definition.type}" is taken`, place, remedy: 'give it another name' })
        }
        types[definition.type] = { summary: definition.summary, load: async () => definition }
      }
    } catch (error) {
      const remedy = 'correct the path or the module'
      problems.push({ title: `${plugin} cannot be loaded`, place, note: String(error).split('\n')[0] ?? '', remedy })
    }
  }
  return types
}

const moduleName = (plugin: string, rootDir: string): string =>
  plugin.startsWith('.') ? pathToFileURL(resolve(rootDir, plugin)).href : plugin

function isDefinition(value: unknown): value is CheckDefinition {
  const candidate = value as Partial<CheckDefinition> | null
  return typeof candidate?.type === 'string' && typeof candidate.run === 'function' && candidate.options !== undefined
}
