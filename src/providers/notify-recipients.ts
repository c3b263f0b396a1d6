/** Whether an address is on the list; entries are addresses or `*@domain`, compared without regard to case. */
export function isAllowed(to: string, allow: readonly string[]): boolean {
  const address = to.toLowerCase()
  const domain = address.slice(address.lastIndexOf('@'))
  return allow.some((entry) => {
    const wanted = entry.trim().toLowerCase()
    return wanted.startsWith('*@') ? wanted.slice(1) === domain : wanted === address
  })
}

/** Whether a URL stays on this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname, protocol } = new URL(url)
  return /^https?:$/.test(protocol) && /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/.test(hostname)
}
