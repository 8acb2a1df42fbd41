// The shared vectors against the sealing program's primitives. Each function takes them and the content of one file,
// and throws at the first difference. Run by test_vectors_browser.py.

const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const unb64 = (text) => Uint8Array.from(atob(text ?? ""), (sign) => sign.charCodeAt(0));

function same(found, wanted, what) {
  const [one, other] = [found, wanted].map((value) => JSON.stringify(value instanceof Uint8Array ? [...value] : value));
  if (one !== other) throw new Error(`${what}: ${one}, not ${other}`);
}

/** bidseal*.json */
export function bidseal(p, cases) {
  for (const { name, ctx, k, pubs, H, dealing, shares, S, identity, recipient } of cases) {
    same(p.hex(p.H.toBytes()), H, `${name}: H`);
    p.checkDealing(unhex(ctx), k, pubs.map(unhex), dealing);
    const given = shares.map((share, place) => ({ i: place + 1, S: share }));
    for (const chosen of [given.slice(0, k), given.slice(-k)]) {
      same(p.hex(p.combine(chosen)), S, `${name}: S`);
    }
    same(p.identityOf(unhex(S), unhex(ctx)), identity, `${name}: identity`);
    same(p.recipientOf(identity), recipient, `${name}: recipient`);
  }
}

/** protocol-vectors*.json: what a tenderer computes, and what is needed to check a receipt and a draw. */
export function protocol(p, c) {
  const panel = p.parsePanel(c.panel.json);
  same(p.hex(p.sha(p.dumps(c.panel.json))), c.panel.jcs_sha256, "panel: JCS");
  same(panel.hash, c.panel.panel_hash, "panel: hash");
  const seed = unhex(c.bid_uid.sign_seed);
  same(p.hex(p.publicKey(seed)), c.bid_uid.sign_pub, "sign_pub");
  same(p.bidUid(p.publicKey(seed)), c.bid_uid.uid, "uid");
  for (const part of c.ctx) {
    const ctx = p.envelopeCtx(panel.hash, c.bid_uid.uid, part.envelope);
    same(p.hex(ctx), part.ctx, `ctx ${part.envelope}`);
    same(p.identityOf(unhex(part.S), ctx), part.identity, `identity ${part.envelope}`);
    same(p.recipientOf(part.identity), part.recipient, `recipient ${part.envelope}`);
  }
  signatures(p, c, panel, seed);
  sheets(p, c);
  shares(p, c, panel);
  log(p, c);
  receipts(p, c, panel);
  wholeDraw(p, c, panel);
}

function signatures(p, c, panel, seed) {
  p.checkManifest(c.manifest.json, c.manifest.sig, panel);
  same(p.signManifest(seed, c.manifest.json), c.manifest.sig, "manifest: sig");
  p.checkSupersedesSig(c.supersede.json, c.supersede.supersedes_sig, p.publicKey(seed));
  same(p.signSupersede(seed, c.supersede.json), c.supersede.supersedes_sig, "supersede: sig");
  same(p.signObject(seed, "bidseal/v1 withdraw", c.withdrawal.json), c.withdrawal.sig, "withdrawal: sig");
  for (const { i, sig } of c.override.sigs) {
    const held = p.verifyObject(panel.seats[i - 1].sign, "bidseal/v1 override", c.override.json, sig);
    same(held, true, `override: seat ${i}`);
  }
}

function sheets(p, c) {
  const value = p.loads(c.sheet.jcs_text);
  same(new TextDecoder().decode(p.dumps(value)), c.sheet.jcs_text, "sheet: JCS");
  const plain = p.padJson(value);
  same(plain.length, c.sheet.padded_length, "sheet: length");
  same(p.hex(p.sha(plain)), c.sheet.padded_sha256, "sheet: padded");
  same(p.parseSheet(plain, value).sha256, c.sheet.sha256, "sheet: hash");
  for (const [length, wanted] of c.padme) same(p.padme(length), wanted, `padme ${length}`);
}

function shares(p, c, panel) {
  const envelopes = new Map(c.manifest.json.envelopes.map((envelope) => [envelope.id, envelope]));
  for (const { i, envelope, random64, share } of c.shares) {
    const ctx = p.envelopeCtx(panel.hash, c.bid_uid.uid, envelope);
    const e = unhex(envelopes.get(envelope).dealing.E[i - 1]);
    p.checkShare(ctx, i, panel.seats[i - 1].pub, e, share);
    const trustee = p.trusteeOf(unhex(c.trustees[i - 1].seed));
    const made = p.makeShare(ctx, i, trustee, e, { bytes: () => unhex(random64) }); // the same draw, the same bytes
    same([made.i, made.S, made.c, made.z], [share.i, share.S, share.c, share.z], `share ${i} ${envelope}: made`);
  }
}

function log(p, c) {
  for (const leaf of c.leaves) {
    const commitment = p.commit(unhex(leaf.salt), leaf.event);
    same(commitment, leaf.commit, "leaf: commitment");
    same(p.entry(commitment), leaf.entry_text, "leaf: entry");
    same(p.hex(p.leafHash(leaf.entry_text)), leaf.leaf_hash, "leaf: hash");
  }
  const policy = p.parsePolicy(c.log.policy_text);
  const { head, text, times } = p.readCheckpoint(policy, c.log.note_text);
  same([head.origin, head.size, p.hex(head.root)], [c.log.origin, c.log.size, c.log.root], "checkpoint");
  same(text, c.log.checkpoint_text, "checkpoint: text");
  same([...times.values()], [[c.log.cosigned_at]], "cosignature: time");
  same(p.satisfied(policy, times.keys()), true, "quorum");
  same(p.satisfied(policy, []), false, "no quorum");
}

function receipts(p, c, panel) {
  const leaf = c.leaves[c.receipt.index];
  for (const [name, witnessed] of [["unwitnessed_text", false], ["witnessed_text", true]]) {
    const found = p.verifyReceipt(c.receipt[name], { panel });
    same([found.index, found.witnessed, found.entry], [c.receipt.index, witnessed, leaf.entry_text], name);
    same([...p.dumps(found.event)], [...p.dumps(leaf.event)], `${name}: event`);
    same(p.parseProof(c.receipt[name]).path.map(p.hex), c.receipt.proof, `${name}: path`);
  }
}

function wholeDraw(p, c, panel) {
  const spec = p.specHash(c.draw.spec);
  same(p.hex(spec), c.draw.spec_hash, "draw: spec");
  const given = {};
  for (const { party, ctx, contribution, deal } of c.draw.parties) {
    const found = p.partyCtx(unhex(panel.hash), spec, party);
    same(p.hex(found), ctx, `draw: ctx ${party}`);
    p.checkDealing(found, panel.k, panel.seats.map(({ pub }) => pub), deal.dealing);
    given[party] = unhex(contribution);
  }
  const seed = p.drawSeed(spec, given);
  same(p.hex(seed), c.draw.seed, "draw: seed");
  results(p.draw(seed, c.draw.spec), c.draw.result, "draw");
}

function results(found, wanted, what) {
  same(found, wanted.map(({ id, rank, pick, backup, skip }) => ({ id, rank, pick, backup, skip })), what);
}

/** expert-draw*.json */
export function draws(p, cases) {
  for (const { name, spec, spec_hash: hash, reveals, seed, stream32, result } of cases) {
    same(p.hex(p.specHash(spec)), hash, `${name}: spec`);
    const given = Object.fromEntries(Object.entries(reveals).map(([party, value]) => [party, unhex(value)]));
    const found = p.drawSeed(unhex(hash), given);
    same(p.hex(found), seed, `${name}: seed`);
    same(p.hex(p.block(found, spec.strata[0].id, 0)), stream32, `${name}: stream`);
    results(p.draw(found, spec), result, name);
  }
}

/** merkle/inclusion/**.json, each `[name, case]` */
export function inclusion(p, cases) {
  for (const [name, c] of cases) {
    const proof = (c.proof ?? []).map(unb64);
    const held = p.verifyInclusion(unb64(c.leafHash), c.leafIdx, c.treeSize, proof, unb64(c.root));
    same(held, !c.wantErr, `${name}: ${c.desc}`);
  }
}

/** expert-names*.json */
export function names(p, c) {
  const { panel, spec_hash: spec, pool_id, names: sealedKeys } = c;
  const own = (name) => ({ name, seed: unhex(c.seeds[name]) });
  const [centre, supervisor] = [own("administrator"), own("supervisor")];
  const keyOf = (holder, key) => hexOf(p.openKey(sealedKeys, p.parsePanel(panel), spec, holder, key));
  same(keyOf("centre", centre), c.centre_key, "the centre's key");
  same(keyOf("supervisor", supervisor), c.supervisor_key, "the supervisor's key");
  same(keyOf("list", supervisor), c.centre_key, "the list's key");
  const file = (leaves) => ({
    v: 1,
    type: "draw-names",
    panel,
    pool_id,
    draws: [{ draw: c.spec.id, spec, names: sealedKeys, leaves }],
  });
  const halves = p.makeHalves(file(c.leaves.map(({ h }) => ({ h, sealed: null, half: null }))), supervisor);
  same(halves.draws[0].halves, c.leaves.map(({ h, supervisor_half }) => ({ h, half: supervisor_half })), "halves");
  const found = p.openNames(file(c.leaves.map(({ h, sealed, supervisor_half }) => ({ h, sealed, half: supervisor_half }))), centre);
  same(found, c.leaves.map(({ h, salt, expert, phone }) => ({ h, salt, expert, phone })), "people");
  const list = { panel, pool_id, names: sealedKeys, people: c.leaves.map(({ h, sealed }) => ({ h, sealed })) };
  same(p.openList(list, spec, supervisor), c.leaves.map(({ h, salt, expert }) => ({ h, salt, expert: JSON.parse(expert) })), "list");
  for (const wrong of [c.leaves[1].supervisor_half, c.leaves[0].centre_half, "00".repeat(32)]) {
    const [leaf] = c.leaves;
    let opened = true;
    try {
      p.openNames(file([{ h: leaf.h, sealed: leaf.sealed, half: wrong }]), centre);
    } catch (error) {
      opened = error.name !== "Malformed";
    }
    if (opened) throw new Error("another half opened a leaf");
  }
}

const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
