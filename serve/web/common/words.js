// The texts of the page: for answers of the server, for the questionnaire, and for the rest.

export const VERDICTS = {
  mostly_telogen: "Most readable roots look like telogen clubs.",
  mostly_anagen: "Most readable roots look broken or torn.",
  mixed: "The roots do not clearly point one way.",
  roots_not_shown: "No kind is clearly in the majority, and some root ends may lie outside the picture.",
  too_few: "Too few roots could be read to tell.",
};

export const ERROR_RATES = {
  rendered: "The error rates behind this were measured on rendered hairs; on real ones the share may be another.",
  real: "The error rates behind this were counted on real hairs that people labelled.",
  none: "The labels are taken as they are.",
};

export const REASONS = {
  root_not_seen: "its root end is not in view",
  too_small: "it is too thin in the picture; go closer",
  blurred: "it is out of focus",
  partly_damaged: "the file is damaged",
  low_contrast: "hair and background look too much alike",
  tangled: "it lies among other hairs",
  ambiguous: "what is seen fits no kind well",
};

export const STRENGTHS = {
  several_sources: "several sources",
  single_source: "one source",
  sources_differ: "sources differ",
  limited_evidence: "limited evidence",
  opinion: "its authors' opinion",
  general_knowledge: "general knowledge, chosen by us",
  our_policy: "our own policy",
};

const YES_NO = { true: "Yes", false: "No" };

// Labels of a question's answers; numbers have their limits instead.
export const QUESTIONS = [
  ["signs_tied_to_sessions", "Do these come only after a session, and fade?", YES_NO],
  ["setting", "Where is the needling done?", { home: "At home", clinic: "In a clinic", none: "I do not needle" }],
  ["device", "With what?", { roller: "Roller", stamp: "Stamp", pen: "Pen", other: "Something else" }],
  ["needle_mm", "Needle length in millimetres", { min: 0, max: 3.5, step: 0.05 }],
  ["sessions_per_month", "Sessions a month", { min: 0, max: 60, step: 0.5 }],
  ["weeks_since_start", "Weeks since you started", { min: 0, max: 2600, step: 1 }],
  ["collected", "When did these hairs fall?", {
    during_session: "During a session", same_day: "The same day", days_later: "Days later",
    wash_or_brush: "While washing or brushing", unknown: "I do not know",
  }],
  ["shedding", "How much more than usual do you shed?", { slight: "Slightly", moderate: "Moderately", severe: "Severely" }],
  ["density_loss", "Does your hair look thinner since you started?", YES_NO],
  ["loss_type", "Which kind of hair loss was named to you?", {
    pattern: "Pattern hair loss", telogen_effluvium: "Telogen effluvium", alopecia_areata: "Alopecia areata",
    traction: "Traction", scarring: "Scarring", drug_caused: "Caused by a drug", unknown: "None yet",
  }],
  ["minoxidil", "Do you use minoxidil?", YES_NO],
  ["finasteride", "Do you use finasteride?", YES_NO],
  ["new_drug_or_chemotherapy", "A new drug, or chemotherapy?", YES_NO],
  ["skin_tone", "Your skin tone", { light: "Light", medium: "Medium", dark: "Dark" }],
  ["under_18", "Are you under 18?", YES_NO],
];

export const SIGNS = {
  spreading_redness: "Redness or swelling that spreads", pus: "Pus", fever: "Fever",
  severe_pain: "Severe pain", wound_not_healing: "A wound that does not heal",
  sudden_patches: "Sudden bald patches", smooth_bald_spots: "Smooth bald spots", scarring: "Scars",
  bleeding: "Bleeding", dandruff: "Much dandruff", seborrhoea: "Greasy scales",
  pain: "Soreness", redness: "Redness", swelling: "Swelling", itching: "Itching",
};

export const KIND_WORDS = {
  telogen: { name: "Telogen", many: "telogen", why: "a rounded club, it seems: due to fall" },
  misshapen: { name: "Misshapen", many: "misshapen", why: "torn or bent, it seems, while still growing" },
  no_bulb: { name: "No bulb", many: "without bulb", why: "sheared or snapped, it seems" },
  not_hair: { name: "Not a hair", many: "not a hair", why: "dust, lint or a line; it does not count" },
  unsure: { name: "Not sure", many: "not sure", why: "it could not be read" },
};

export const SHARE = {
  interval: ({ estimate, low, high, level }) => `About ${percent(estimate)} of the hairs are telogen. With `
    + `${percent(level)} probability the share lies between ${percent(low)} and ${percent(high)}.`,
  none: "no telogen",
  half: "half",
  all: "all telogen",
  yours: (yours, all) => (yours === all ? "You labelled every hair."
    : `${yours} of ${all} labels are yours (double ring) and taken as right; the others are the model's, `
      + "and the interval allows for its mistakes."),
  worstCase: (low, high) => `If every unsure hair were anagen, ${low} of all would be telogen as labelled; `
    + `if every one were telogen, ${high}.`,
};

export const ADVICE = {
  unreachable: "The server cannot be reached, so share and advice are those from before. Your labels are still here; change anything to try again.",
  ourPolicy: "This is our own policy; our sources have no rule for it.",
  origin: (strength) => `Where this comes from (${strength})`,
};

export const FINDINGS = { title: "For a better picture", show: "Show where" };

export const CHOSEN = {
  remove: (name) => `Remove ${name}`,
  more: (number) => `and ${number} more`,
  removeAll: "Remove all",
};

export const UPLOAD = {
  none: "Please choose or take a photo first.",
  sending: (part) => `Sending… ${percent(part)}`,
  reading: (photos) => (photos === 1 ? "Reading the roots…" : `Reading the roots in ${photos} photos…`),
  done: "The result is below.",
  cancelled: "Cancelled. Your photos are still chosen.",
  lost: "The server cannot be reached: it may have stopped, or the connection broke. Your photos are still chosen; check the connection and press “Read the roots” again.",
  slow: "The server took too long to answer. Your photos are still chosen; please try again with fewer.",
  unreadable: "The server gave no answer that can be read. Your photos are still chosen; please try again.",
  unreachable: "The server cannot be reached. It may have stopped; reload the page to try again.",
  tooMany: (most) => `Please send at most ${most} photos at a time.`,
  tooLarge: (name, bytes) => `“${name}” is too large; a photo may have at most ${bytes / 1e6} MB.`,
  tooLargeTogether: "These photos are too large together; please send fewer at a time.",
  outOfBounds: (question, { min, max }) => `Please check “${question}”: it should be between ${min} and ${max}.`,
  keepFew: (most) => `At most ${most} photos at a time can be kept, and no zip. Send fewer, or take the tick away.`,
  loseLabels: "Your corrections will be gone. Go on?",
};

export const BATCH = {
  waiting: "Received. Other photos are read first…",
  progress: (done, photos) => `${done} of ${photos} photos`,
  read: (read, photos) => (read === photos ? `${photos} photos were read.` : `${read} of ${photos} photos were read.`),
  unread: "Why the others were not stands in the report and in the table of photos.",
  skipped: (files) => (files === 1 ? "One file of the zip is no photo by its name and was left out."
    : `${files} files of the zip are no photos by their names and were left out.`),
  fewToCorrect: (few) => `So many photos are not shown hair by hair. To look at each root and correct it, send up to ${few} photos at a time.`,
  better: "For better pictures",
  photos: (photos) => (photos === 1 ? "1 photo:" : `${photos} photos:`),
  files: {
    "/report.html": "Report (HTML)",
    "/photos.csv": "Table of photos (CSV)",
    "/hairs.csv": "Table of hairs (CSV)",
    "": "All of it (ZIP)",
  },
  until: (date) => `Your photos are deleted from the server already. The results are there until ${date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`,
  delete: "Delete the results now",
  deleted: "Deleted. The results are no longer on the server.",
  notDeleted: "The results could not be deleted: the server cannot be reached. Please try again.",
  lost: "The server cannot be reached any more: it may have stopped, or the connection broke. Your photos are still chosen; please send them again.",
  gone: "The server has stopped reading these photos. They are still chosen; please send them again.",
};

export const VIEWER = {
  closer: "Closer",
  farther: "Farther",
  fit: "Whole picture",
  label: (name) => `${name}, enlarged with plus and minus, moved with the arrow keys, whole with 0`,
  picture: (name, { hairs, telogen, anagen, unsure }) => `${name} with ${hairs} hairs marked: ${telogen} telogen, ${anagen} anagen, ${unsure} not sure`,
  unseen: "This browser cannot show the picture itself, so the hairs are drawn alone.",
  hint: "Tap a hair to look at its root. Pinch, + and − enlarge; with a mouse, click, then turn the wheel.",
};

export const PHOTO = {
  duplicate: (name) => `The same picture as ${name}; it counts once.`,
  noHairs: "No hairs were found in this picture.",
  all: (number) => `All ${number}`,
  filter: "Show only",
  next: "Next ›",
  previous: "‹ Previous",
  tap: "Tap a hair, or step through them.",
  mark: "Mark a root that was missed",
  marking: "Tap the root that was missed. With keys: move the picture so that the root lies under the cross, then Enter.",
  stopMarking: "Stop marking",
  whatIsIt: "What is this root?",
};

export const HAIR = {
  number: (hair, all) => `Hair ${hair.number + 1} of ${all}`,
  crop: (number) => `The root end of hair ${number}, cut from your photo, pointing right`,
  byYou: (name) => `You say: ${name}.`,
  machine: (name, why) => `The model says: ${name.toLowerCase()}, ${why}.`,
  chances: ({ telogen, anagen }) => `Telogen ${likely(telogen)}, anagen ${likely(anagen)}, cannot tell ${likely(1 - telogen - anagen)}.`,
  rootMoved: "You moved the root to this end.",
  missed: "You marked this root; the model had missed it.",
  ask: "What do you see?",
  otherEnd: "The root is at the other end",
  undo: "Undo",
  said: (number, name, by) => `Hair ${number}: ${name.toLowerCase()}, ${by === "person" ? "by you" : "by the model"}.`,
  undone: (number) => `Undone: hair ${number}.`,
  nothingToUndo: "There is nothing to undo.",
};

export const REVIEW = {
  list: "Roots, the most doubtful first",
  tile: (hair, name, photo) => `${photo}, hair ${hair.number + 1}: ${name.toLowerCase()}, ${hair.by === "person" ? "by you" : "by the model"}`,
  skip: "Skip",
  end: "That was the last one.",
  progress: (yours, all) => `${yours} of ${all} labelled by you`,
};

export const KEEP = {
  link: "Link to this result",
  until: (date) => `Kept until ${date}; your corrections are saved with the photos.`,
  whoHasTheLink: "Whoever has this link can see the photos, correct them and delete them.",
  delete: "Delete the kept photos now",
  sure: "Delete the kept photos and all corrections from the server?",
  deleted: "Deleted. The photos and your corrections are no longer on the server.",
  notDeleted: "The photos could not be deleted: the server cannot be reached. Please try again.",
  saved: "Your corrections are saved.",
  notSaved: "Your last corrections could not be saved yet. They are still here, and are sent with the next one.",
  gone: "This result is not kept any more, or the server cannot be reached.",
};

const TRAINING_VERDICTS = {
  better: "The new model is better, on labels that it had not seen.",
  many_label_errors: "Many labels say the opposite of what a model fitted to the others sees. Look at those in the report; the present model stays.",
  not_better: "It is not clear that the new model is better. The present one stays.",
  forgetting: "The new model unlearned something that the present one knows. The present one stays.",
};

export const TRAIN = {
  title: "Teach it with your labels",
  labels: (total, { telogen, anagen, not_hair: notHair }, waiting) => `${total === 1 ? "1 label" : `${total} labels`} of kept photos: `
    + `${telogen} telogen, ${anagen} anagen, ${notHair} not a hair. ${waiting === total ? "None of them was learned from yet." : `${waiting} of them are new.`}`,
  missing: ({ labels, of_kind: ofKind }) => `To learn from them, ${labels} are needed, with at least ${ofKind} telogen and ${ofKind} anagen. `
    + "Those of photos count that are kept for improving the model.",
  forAll: "A training takes a while, and photos can be read meanwhile. Another model is used for everybody on this server.",
  progress: "How far the training is",
  start: "Start a training",
  started: "The training has started.",
  stop: "Stop",
  stopping: "It is being stopped.",
  report: "Look at the report",
  use: "Use the new model",
  keep: "Keep the present one",
  back: "Go back to the model before",
  sure: "Go back to the model before, for everybody on this server?",
  soon: "Done. Within some seconds photos are read by it.",
  kept: "The present model stays.",
  lost: "The server cannot be reached. Please try again.",
  ended: { failed: "The training broke off. The present model stays.", stopped: "The training was stopped. The present model stays." },
  verdict: ({ promoted, verdict }) => (promoted ? "The new model is used now." : TRAINING_VERDICTS[verdict] ?? "The present model stays."),
};

export const SAVE = { printed: (date, model) => `Printed ${date}. ${model}` };

export function reasonWords({ kind, machine }) {
  return (kind === "unsure" && REASONS[machine?.reason]) || KIND_WORDS[kind].why;
}

export function percent(share) {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** The probability of one hair, never 100 %. */
function likely(share) {
  if (share > 0.99) return "over 99\u00a0%";
  return share < 0.01 ? "under 1\u00a0%" : percent(share);
}
