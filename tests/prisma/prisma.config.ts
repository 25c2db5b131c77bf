// What generate.mjs gives to `prisma generate`; the database itself is the tests' business.
import { defineConfig } from "prisma/config";

export default defineConfig({ schema: process.env.PRISMA_SCHEMA_FOLDER });
