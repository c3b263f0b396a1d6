import { createHash } from 'node:crypto'
import { realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageError } from '../../kernel/errors.ts'

/**
 * Keeps a folder for this process until it ends, however it ends: a listening socket goes with its process, which a lock file does not.
 * Returns how to give it back; throws where another process has it.
 */
export async function lockFolder(dir: string): Promise<() => Promise<void>> {
  const name = `gatekit-${createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
    .slice(0, 24)}`
  const address = addressOf(name)
  const server = await listenOn(address).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    if (process.platform === 'linux' || (await isAnswering(address)))
      throw usageError(
        `${dir} is in use by another gatekit process`,
        'stop that one, or name another folder with --data',
      )
    await rm(address, { force: true })
    return listenOn(address)
  })
  server.unref()
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Linux has names that vanish with their socket; elsewhere a file stays, which nobody answers on. */
function addressOf(name: string): string {
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

function listenOn(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.listen(address, () => resolve(server))
  })
}

function isAnswering(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
