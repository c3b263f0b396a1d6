import { type Browser, chromium } from 'playwright-core'
import { programOf } from './need.ts'

/** Starts the installed Chromium; tests that use it are declared with `need('chromium')`. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: programOf('chromium') ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
