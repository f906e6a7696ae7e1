// The plain words for what the server answers and what it asks.

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
  low_contrast: "hair and background look too much alike",
  tangled: "it lies among other hairs",
  ambiguous: "what is seen fits no kind well",
};

export const URGENCIES = {
  red_flag: "Please act soon",
  stop: "Stop for now",
  pause: "Pause",
  review: "Look again",
  reassure: "On the calm side",
  info: "Good to know",
};

export const STRENGTHS = {
  several_sources: "several sources",
  single_source: "one source",
  sources_differ: "sources differ",
  limited_evidence: "limited evidence",
  opinion: "its authors' opinion",
  our_policy: "our own policy",
};

const YES_NO = { true: "Yes", false: "No" };

// What a question's answers are called; a number says its bounds instead.
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

export function hairWords(hair) {
  if (hair.label === "telogen") return ["Telogen club", "it looks rounded: due to fall"];
  if (hair.root_type === "misshapen") return ["Anagen, misshapen root", "it looks torn or pulled while growing"];
  if (hair.label === "anagen") return ["Anagen, no bulb", "no bulb to be seen: sheared or snapped, it seems"];
  return ["Not sure", REASONS[hair.reason] || "it could not be read"];
}

export function percent(share) {
  return `${Math.round(share * 100)} %`;
}
