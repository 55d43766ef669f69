// The peer of the exchange benchmark: Fastify, npm's validator of init data and an Ed25519 JWT. It keeps no session.
import { generateKeyPairSync } from "node:crypto";
import Fastify from "fastify";
import jwt from "@fastify/jwt";
import { parse, validate } from "@telegram-apps/init-data-node";

const token = process.env.TELEGRAM_BOT_TOKEN;
const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const app = Fastify({ logger: false });
await app.register(jwt, {
  secret: { private: privateKey, public: publicKey },
  sign: { algorithm: "EdDSA", expiresIn: "15m", iss: "bench", aud: "bench" },
});

app.get("/ready", async () => "ok");
app.post(
  "/v1/tg/exchange",
  {
    schema: {
      body: { type: "object", required: ["init_data"], properties: { init_data: { type: "string" } } },
    },
  },
  async (request, reply) => {
    const raw = request.body.init_data;
    try {
      validate(raw, token, { expiresIn: 600 });
    } catch {
      return reply.code(401).send({ code: "init_data_invalid" });
    }
    const { user } = parse(raw);
    return {
      jwt: await reply.jwtSign({ sub: String(user.id) }),
      expires_in: 900,
      user: { telegram_user_id: user.id, first_name: user.first_name },
    };
  },
);
await app.listen({ host: "127.0.0.1", port: Number(process.env.PEER_PORT) });
