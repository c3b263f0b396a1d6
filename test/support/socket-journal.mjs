// Preloaded into a program and its children: writes down the host of every connection, look-up and datagram, one a line.
import { appendFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'

const require = createRequire(import.meta.url)
const { Socket } = require('node:net')
const dns = require('node:dns')
const dgram = require('node:dgram')
const note = (host) => appendFileSync(process.env.SOCKET_JOURNAL, `${host}\n`)

const { connect } = Socket.prototype
Socket.prototype.connect = function journalled(...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  const settings =
    typeof first === 'object' && first !== null ? first : { host: typeof second === 'string' ? second : undefined }
  // A pipe to a child leads nowhere else.
  if (settings.path === undefined) note(settings.host ?? 'localhost')
  return connect.apply(this, args)
}

const { lookup } = dns
dns.lookup = (host, ...rest) => {
  note(host)
  return lookup(host, ...rest)
}

const { send } = dgram.Socket.prototype
dgram.Socket.prototype.send = function journalled(...args) {
  note(args.findLast((each) => typeof each === 'string') ?? 'localhost')
  return send.apply(this, args)
}
syncBuiltinESMExports()
