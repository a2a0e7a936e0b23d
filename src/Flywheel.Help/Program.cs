using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;
using Flywheel.Help;

// Run by the build: cmdlet assembly, its XML documentation, a file that lists its references, and the help file to write.
if (args.Length != 4)
{
    Console.Error.WriteLine("usage: Flywheel.Help <cmdlets.dll> <cmdlets.xml> <references.txt> <help.xml>");
    return 1;
}

var references = File.ReadAllLines(args[2]).Append(args[0]).ToLookup(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase);
var context = new AssemblyLoadContext("cmdlets");
context.Resolving += (_, name) => references[name.Name!].FirstOrDefault() is { } path ? context.LoadFromAssemblyPath(Path.GetFullPath(path)) : null;

var cmdlets = CmdletReader.Read(context.LoadFromAssemblyPath(Path.GetFullPath(args[0])), new DocumentationFile(XDocument.Load(args[1])));
var temporary = args[3] + ".new";
HelpWriter.Write(cmdlets).Save(temporary);
File.Move(temporary, args[3], overwrite: true);
return 0;
