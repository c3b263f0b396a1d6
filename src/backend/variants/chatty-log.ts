import { defineVariant } from './define.ts'

export const chattyLog = defineVariant({
  id: 'chatty-log',
  kind: 'noise',
  summary: 'every request is logged at length, with nothing secret in it',
  wrap(app) {
    app.addHook('onRequest', async ({ method, url, ip }) => {
      const path = url.split('?', 1)[0]
      for (let line = 1; line <= 5; line++) console.log(`[debug] step ${line} of ${method} ${path} from ${ip}`)
    })
  },
})
