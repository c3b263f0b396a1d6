import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect } from 'node:net'
import { usageError } from '../kernel/errors.ts'

/**
 * Serves HTTP on a Unix socket that only its owner may use: what `STRIPE_CLI_UNIX_SOCKET` points to, so that the tool's requests to
 * hosts other than the API's stay here too. A socket that a crashed server left behind is replaced, anything else is not touched.
 */
export async function listenOnSocket(path: string, handle: RequestListener): Promise<Server> {
  if (existsSync(path)) await removeStale(path)
  const server = createServer(handle)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(usageError(`cannot listen on the socket ${path}: ${error.message}`)))
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return server
}

async function removeStale(path: string): Promise<void> {
  if (!lstatSync(path).isSocket()) throw usageError(`${path} exists and is not a socket: name another path`)
  if (await answers(path))
    throw usageError(`another server listens on the socket ${path}: stop it or name another path`)
  unlinkSync(path)
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
