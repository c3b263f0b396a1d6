import type { FastifyInstance } from 'fastify'

const page = (title: string, text: string): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>`,
    `<body><main><h1>${title}</h1><p>${text}</p></main></body>`,
    '</html>',
    '',
  ].join('\n')

const pages: Record<string, string> = {
  '/subscription/success.html': page('Thank you', 'Your subscription is being set up. A receipt is on its way.'),
  '/subscription/cancel.html': page('Nothing was charged', 'You left the checkout. Your plan is as it was.'),
}

/** Where a checkout sends people back to. The page promises nothing: only the webhook says that money moved. */
export function registerReturnPages(app: FastifyInstance): void {
  for (const [path, html] of Object.entries(pages))
    app.get(path, async (_request, reply) => reply.type('text/html; charset=utf-8').send(html))
}
