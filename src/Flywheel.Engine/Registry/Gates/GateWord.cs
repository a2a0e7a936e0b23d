namespace Flywheel.Engine.Registry.Gates;

/// <summary>Words as they stand in a demand.</summary>
static class GateWord
{
    public static bool IsStart(char c) => char.IsLetter(c) || c == '_';

    public static bool IsPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '.';

    /// <summary>As it is if a plain word or digits, in quotes otherwise; a quote inside is doubled.</summary>
    public static string Quote(string word) => word.Length > 0 && (IsStart(word[0]) && word.All(IsPart) || word.All(char.IsAsciiDigit)) ? word : "'" + word.Replace("'", "''", StringComparison.Ordinal) + "'";
}
