// Themes as players have them: neither is the default of any client, so that a page that ignores them is found out.

export type ThemeName = "light" | "dark";

export const THEMES: Record<ThemeName, Record<string, string>> = {
  light: {
    bg_color: "#fffdf9",
    text_color: "#101418",
    hint_color: "#6d7378",
    link_color: "#1f6fbf",
    button_color: "#1f74c9",
    button_text_color: "#ffffff",
    secondary_bg_color: "#f1efe9",
    header_bg_color: "#fffdf9",
    accent_text_color: "#1f6fbf",
    section_bg_color: "#fffdf9",
    section_header_text_color: "#6d7378",
    section_separator_color: "#dcd9d2",
    subtitle_text_color: "#6d7378",
    destructive_text_color: "#c62828",
    bottom_bar_bg_color: "#f1efe9",
  },
  dark: {
    bg_color: "#17212b",
    text_color: "#f5f5f5",
    hint_color: "#8a99a8",
    link_color: "#6ab3f3",
    button_color: "#2f7ec2",
    button_text_color: "#ffffff",
    secondary_bg_color: "#0e1621",
    header_bg_color: "#17212b",
    accent_text_color: "#6ab2f2",
    section_bg_color: "#17212b",
    section_header_text_color: "#6ab3f3",
    section_separator_color: "#101921",
    subtitle_text_color: "#8a99a8",
    destructive_text_color: "#ec7b72",
    bottom_bar_bg_color: "#17212b",
  },
};

/** A color as computed styles give it. */
export function computed(hex: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${parts.join(", ")})`;
}
