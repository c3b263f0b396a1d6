// Bundles the sources into dist/, or the folder that is named: our own code only, split so that each command loads just what it uses.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [outdir = 'dist'] = process.argv.slice(2)
rmSync(new URL(`../${outdir}`, import.meta.url), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/cli/main.ts',
    index: 'src/index.ts',
    backend: 'src/backend/start.ts',
    'pglite-child': 'src/drill/pglite/child.ts',
    'sqlite-child': 'src/drill/systems/sqlite/child.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  logLevel: 'warning',
})
