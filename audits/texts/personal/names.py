"""Words that speak of a person's name, and words that speak of something else with a capital letter."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path


def plain(word: str) -> str:
    """A word in small letters without accents.

    >>> plain("Éloïse")
    'eloise'
    """
    return "".join(letter for letter in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(letter))


@cache
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names, without accents and in small letters: all of them, and those that are hardly anything else."""
    every: set[str] = set()
    doubtful: set[str] = set()
    for line in (Path(__file__).parent / "first_names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            (doubtful if line.startswith("?") else every).update(plain(word) for word in line.lstrip("?").split())
    return frozenset(every | doubtful), frozenset(every - doubtful)


def is_first_name(word: str, *, sure: bool = False) -> bool:
    """Whether a word is a first name; `sure` leaves out those that are a word, a place or a surname as well.

    >>> is_first_name("Fatoumata"), is_first_name("Jean-Claude"), is_first_name("Rose", sure=True), is_first_name("Table")
    (True, True, False, False)
    """
    every, certain = first_names()
    known = certain if sure else every
    low = plain(word)
    if low in known:
        return True
    parts = low.split("-")
    return len(parts) == 2 and all(part in every for part in parts)


NOT_NAMES = frozenset(
    """
    a ah allo amities au aucun aucune aujourd aussi autre aux avec bien bienvenue bonjour bonne bonsoir bravo c ca car ce ceci cela
    celui ces cet cette chacun cher chere cheres chers ci comme comment contact cordialement cordiales coucou d dans de dear depuis
    des desole devant donc du elle en encore enfin ensuite entre et etant etre felicitations hello helas hier hi ici il ils j je jour
    l la le les leur lors lui ma mais malgre merci mes mon n nb ne ni nom nos notre nous objet oh on or ou oui par parce pas pendant
    peut plus pour pourquoi prenom ps puis qu quand que quel quelle qui quoi re ref s sa salut salutations sans se selon ses si
    sincerement sinon soit son sous suite sur t ta te tel tes toi ton tous tout toute toutes tr tres tu un une usager vers veuillez
    voici voila vos votre vous y respectueusement respectueuses sentiments courtoisement amicalement bonnes belle excellente joyeux
    meilleurs meilleures voeux signature signe tres
    madame mesdames mesdemoiselles mademoiselle messieurs monsieur mme mlle mr m mrs ms maitre docteur dr professeur pr me
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre lundi mardi mercredi jeudi vendredi samedi
    dimanche matin midi soir noel paques toussaint ascension pentecote
    travail emploi pole france mission locale cap agence agences direction directeur directrice responsable conseiller conseillere
    conseillers conseilleres president presidente secretaire chef cheffe adjoint adjointe gestionnaire referent referente equipe
    service services accueil employeur employeurs recruteur recruteuse recrutement candidat candidate candidats candidature
    demandeur demandeuse allocataire stagiaire apprenti apprentie formateur formatrice tuteur tutrice manager rh drh assistant
    assistante charge chargee technicien technicienne ingenieur ingenieure developpeur developpeuse boulanger boulangere cuisinier
    cuisiniere serveur serveuse vendeur vendeuse caissier caissiere infirmier infirmiere aide soignant soignante menuisier macon
    plombier electricien electricienne chauffeur conducteur conductrice cariste magasinier magasiniere preparateur preparatrice
    commercial commerciale comptable agent agente ouvrier ouvriere operateur operatrice mecanicien mecanicienne coiffeur coiffeuse
    patissier patissiere boucher bouchere jardinier paysagiste peintre soudeur soudeuse carreleur couvreur animateur animatrice
    educateur educatrice auxiliaire medecin avocat avocate notaire juriste architecte graphiste webmaster chargee hote hotesse
    receptionniste agriculteur maraicher livreur livreuse coursier facteur pharmacien pharmacienne maire prefet prefete ministre
    cv cdi cdd rsa are aah ass css caf cpam urssaf cnil rgpd sms mail email tel telephone portable fax adresse siret siren iban rib
    bic nir rqth qpv rome cv pdf excel word powerpoint outlook teams zoom google linkedin indeed facebook whatsapp instagram youtube
    windows office python java chatft matchft mistral ft pe ddn date naissance lieu ville pays sexe age permis vae bts cap bep dut
    bac master licence diplome titre certificat attestation contrat convention dossier offre offres poste profil competences
    experience experiences formation formations competence langue langues anglais francais espagnol allemand arabe portugais italien
    ville mairie prefecture departement region commune rue avenue boulevard place quai chemin allee impasse route
    paris lyon marseille toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon angers nimes
    villeurbanne clermont ferrand havre brest tours limoges amiens metz besancon perpignan orleans mulhouse caen nancy roubaix
    tourcoing avignon poitiers dunkerque versailles pau cannes antibes calais bretagne normandie corse occitanie alsace loire
    maroc algerie tunisie senegal mali portugal espagne italie allemagne belgique suisse europe afrique guadeloupe martinique
    guyane reunion mayotte
    sarl sas sa eurl scop sci sasu sci groupe societe entreprise association fondation cabinet institut ecole college lycee universite
    centre hopital clinique pharmacie garage restaurant hotel cafe bar brasserie boulangerie boucherie salon magasin supermarche
    tribunal cour conseil ministere etat republique union syndicat mutuelle banque poste
    """.split()
)
"""Words that begin with a capital letter and are no name, without accents and in small letters."""

COMPANIES = frozenset(
    """
    alain afflelou|leroy merlin|yves rocher|marie blachere|michael page|robert half|jean louis david|franck provost|jacques dessange
    |pierre fabre|fleury michon|stephane plaza|guy hoquet|christian dior|louis vuitton|yves saint laurent|eric kayser|paul bocuse
    |pierre et vacances|marc orian|louis pion|thierry mugler|jean bouin|bernard julhes|michel et augustin|jacques vabre|marie claire
    |marionnaud|decathlon|carrefour|auchan|leclerc|lidl|aldi|monoprix|franprix|casino|picard|darty|boulanger|fnac|ikea|castorama
    |conforama|kiabi|celio|jules|sephora|nocibe|renault|peugeot|citroen|michelin|dassault|bouygues|eiffage|vinci|veolia|suez|total
    |danone|bonduelle|lactalis|sodexo|elior|adecco|manpower|randstad|synergie|proman|crit|samsic|onet|derichebourg|thales|safran
    |airbus|alstom|schneider|saint gobain|lafarge|bosch|siemens|amazon|google|microsoft|mistral|hays|expectra|kering|hermes|chanel
    |l oreal|lancome|garnier|orange|sfr|free|bouygues telecom|chronopost|dhl|fedex|geodis|heppner|dachser|mercedes|ford|toyota
    |jean moulin|jules ferry|victor hugo|marie curie|louis pasteur|jean jaures|charles de gaulle|georges pompidou|simone veil
    |francois mitterrand|jacques prevert|jules verne|emile zola|maria montessori|rosa parks|blaise pascal|rene cassin
    """.replace("\n    ", "").strip().split("|")
)
"""Names of companies and of places, many of them those of people long dead, without accents and in small letters."""
