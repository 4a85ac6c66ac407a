import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The gateway that `npm run dev` talks to.
const gateway = process.env.HOTLINE_GATEWAY ?? 'http://127.0.0.1:8080'
const proxied = { target: gateway, changeOrigin: false }

export default defineConfig({
  plugins: [vue()],
  server: {
    proxy: {
      '/api': proxied,
      '/ws': { ...proxied, ws: true },
      '/sip': { ...proxied, ws: true },
    },
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'jssip', test: /node_modules\/(jssip|sdp-transform|debug|events|ms)\// },
            { name: 'vue', test: /node_modules\/(@?vue|pinia|@vue)/ },
            { name: 'element', test: /node_modules\/(element-plus|@floating-ui|@vueuse|lodash|dayjs|async-validator|@popperjs|@sxzz)/ },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['test/**/*.test.ts'],
    testTimeout: 10_000,
    server: { deps: { inline: ['element-plus'] } },
  },
})
