/** Where the gateway keeps the empty page that letters are shown in: its policy lets a letter be styled, never act. */
export const FRAME = '/letter-frame'
