import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/kernel/free-port.ts'
import { programOf } from '../support/need.ts'

export interface NginxProxy {
  port: number
  stop(): Promise<void>
}

/** Starts the nginx of the documentation in front of two sandboxes: its file, with these ports and with temporary files of its own. */
export async function startNginx(sandboxes: readonly [number, number]): Promise<NginxProxy> {
  const program = programOf('nginx')
  if (!program) throw new Error('nginx is not installed: apt-get install nginx')
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-nginx-'))
  // Started by root, nginx works as another user, who must get to its temporary files.
  await chmod(dir, 0o711)
  const port = await freePort()
  const config = join(dir, 'nginx.conf')
  await writeFile(config, await documented(dir, [port, ...sandboxes]))
  const server = spawn(program, ['-p', dir, '-c', config, '-e', 'stderr', '-g', 'daemon off;'])
  let said = ''
  server.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = once(server, 'exit')
  await Promise.race([
    untilAnswers(port),
    ended.then(() => {
      throw new Error(`nginx did not start: ${said}`)
    }),
  ])
  return {
    port,
    async stop() {
      server.kill('SIGTERM')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** The block of docs/scale.md, as it stands there but for ports and for what an ordinary user cannot write to. */
async function documented(dir: string, ports: number[]): Promise<string> {
  const page = await readFile('docs/scale.md', 'utf8')
  const block = /```nginx\n(.*?)```/s.exec(page)?.[1]
  if (!block) throw new Error('docs/scale.md has no nginx block')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  )
  const own = block
    .replace('/tmp/gatekit-nginx.pid', join(dir, 'pid'))
    .replace('http {', `http {\n${temporary.join('\n')}`)
  return ports.reduce((text, port, at) => text.replaceAll(`127.0.0.1:${8420 + at}`, `127.0.0.1:${port}`), own)
}

async function untilAnswers(port: number): Promise<void> {
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/v1/account`).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
